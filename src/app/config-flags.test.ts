import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./library.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-flags-"));
const undeclared = mkdtempSync(join(tmpdir(), "ringfence-flags-"));

const MANIFEST = 'project: shop\nenvironments: { development: {}, staging: {} }\nlayers: ["{env}.env"]\n';

beforeAll(() => {
  const settings = "settings: { LOG_LEVEL: {}, OLD: { default: x }, TOKEN: { secret: true } }\n";
  writeFileSync(join(folder, "ringfence.yaml"), `${MANIFEST}${settings}`);
  writeFileSync(join(undeclared, "ringfence.yaml"), MANIFEST);
  for (const name of ["development", "staging"]) {
    writeFileSync(join(folder, `${name}.env`), "LOG_LEVEL=info\nOLD=<unset>\nEXTRA=1\n");
    writeFileSync(join(undeclared, `${name}.env`), "LOG_LEVEL=info\n");
  }
});
afterAll(() => {
  for (const one of [folder, undeclared]) rmSync(one, { recursive: true });
});

function show(word: string, where = folder) {
  return command("config show", { folder: where, environment: "development", input: { set: [word] } });
}

describe("--set is refused", () => {
  test.each([
    ["a name that is near to one", "LOG_LEVLE=debug", "--set LOG_LEVEL=VALUE"],
    ["an impossible name that is near to one", "LOG LEVEL=debug", "--set LOG_LEVEL=VALUE"],
    ["a name near to none", "UNHEARD_OF=1", "declare it under settings in ringfence.yaml, or leave it out"],
    ["a key of every object", "toString=2", "declare it under settings in ringfence.yaml, or leave it out"],
    ["the prototype", "__proto__=2", "declare it under settings in ringfence.yaml, or leave it out"],
    ["a secret", "TOKEN=x", 'printf %s "$VALUE" | ringfence secret set TOKEN -e development'],
    ["the variable of the environment", "ENVIRONMENT=staging", "-e staging"],
    ["no environment's name for it", "ENVIRONMENT=stagin", "-e ENVIRONMENT"],
  ])("%s", async (_title, word, fix) => {
    await expect(show(word)).rejects.toMatchObject({ code: "APP_BAD_INPUT", fix });
  });

  test.each(["__proto__=2", "A B=1", "ENVIRONMENT=staging"])(
    "%s, where nothing is declared",
    async (word) => {
      await expect(show(word, undeclared)).rejects.toMatchObject({ code: "APP_BAD_INPUT" });
    },
  );

  test("and what may be a pasted value is not said again", async () => {
    const error: unknown = await show("c2VjcmV0dmFsdWU=").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "APP_BAD_INPUT" });
    expect(JSON.stringify(error)).not.toContain("c2VjcmV0dmFsdWU");
    expect(String(error)).not.toContain("c2VjcmV0dmFsdWU");
  });
});

test.each([
  ["a declared setting", "LOG_LEVEL=debug"],
  ["one that a layer takes away", "OLD=y"],
  ["one that only a layer has", "EXTRA=2"],
])("--set gives %s", async (_title, word) => {
  const { answer } = await show(word);
  const [name, value] = word.split("=");
  expect(JSON.stringify(answer)).toContain(`"${value}"`);
  expect(JSON.stringify(answer)).toContain(`"${name}"`);
});
