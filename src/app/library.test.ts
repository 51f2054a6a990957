import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command } from "./library.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-library-"));

beforeAll(() => {
  writeFileSync(
    join(folder, "ringfence.yaml"),
    'project: shop\nenvironments: { development: {}, staging: {} }\nlayers: ["{env}.env"]\nsettings: { LEVEL: {} }\n',
  );
  for (const name of ["development", "staging"])
    writeFileSync(join(folder, `${name}.env`), `LEVEL=${name}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a query answers what the command line prints as JSON", async () => {
  const { answer, exit, error } = await command("config explain", {
    folder,
    environment: "staging",
    input: { key: "LEVEL" },
  });
  expect({ exit, error }).toEqual({ exit: 0, error: undefined });
  expect(answer).toMatchObject({
    key: "LEVEL",
    value: "staging",
    layers: [{ source: "staging.env", line: 1, wins: true }],
  });
});

test.each([
  ["an unknown command", "config shwo", {}, "APP_COMMAND_UNKNOWN"],
  ["an unknown environment", "config show", { environment: "stagin" }, "ENV_UNKNOWN"],
  ["a missing input", "config explain", {}, "APP_BAD_INPUT"],
  ["a folder without a project", "env list", { folder: tmpdir() }, "APP_NO_PROJECT"],
])("%s is refused with its code", async (_name, name, options, code) => {
  await expect(command(name, { folder, ...options })).rejects.toMatchObject({ code });
});
