/** SOPS files that others wrote: refused where they are read, taken over by a person who sets a secret. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { foreignLeaf, foreignMetadata } from "../../src/secrets/test-support.ts";
import { expectRefusal } from "./bad-scene.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments: { staging: {}, production: {} }
layers: [ ".env?" ]
settings: { TOKEN: { secret: true } }
`;

let scene: CliScene;
const recipients = new Map<string, string>();

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.must(["me", "init", "--name", "author"]);
  for (const environment of ["staging", "production"]) {
    const made = scene.must(["identity", "create", "-e", environment, "--json"]);
    recipients.set(environment, JSON.parse(made.stdout).recipient);
  }
});

afterAll(() => scene.remove());

/** As `sops` writes it: no binding, no signature. */
async function writeForeign(environment: string, values: Readonly<Record<string, string>>): Promise<void> {
  const dataKey = randomBytes(32);
  const rule = { unencrypted_suffix: "_unencrypted" };
  const sops = await foreignMetadata(Object.values(values), dataKey, recipients.get(environment)!, rule);
  const leaves = Object.entries(values).map(([name, value]) => [
    name,
    foreignLeaf(value, "str", dataKey, `${name}:`),
  ]);
  scene.write(
    `secrets/${environment}.yaml`,
    stringify({ ...Object.fromEntries(leaves), sops }, { lineWidth: 0 }),
  );
}

const secretOf = (name: string, environment: string) =>
  scene.must(["secret", "get", name, "-e", environment]).stdout.trimEnd();

const set = (name: string, environment: string, flags: readonly string[] = []) =>
  scene.run(["secret", "set", name, "-e", environment, "--json", ...flags], { input: `new-${name}` });

describe("a SOPS file without a binding", () => {
  test("is refused where it is read, and taken over where a secret is set", async () => {
    await writeForeign("staging", { TOKEN: "foreign-token", EXTRA: "foreign-extra" });
    expectRefusal(scene.run(["config", "show", "-e", "staging", "--json"]), "SECRETS_UNBOUND", 12);
    expectRefusal(scene.run(["run", "--json", "-e", "staging", "--", "true"]), "SECRETS_UNBOUND", 12);
    const plan = scene.run(["secret", "set", "OTHER", "-e", "staging", "--dry-run"], { input: "x-value" });
    expect(plan.stdout).toMatch(/take over 2 secrets of secrets\/staging.yaml, which has no binding/);
    expect(set("OTHER", "staging").exit).toBe(0);
    expect(["TOKEN", "EXTRA", "OTHER"].map((name) => secretOf(name, "staging"))).toEqual([
      "foreign-token",
      "foreign-extra",
      "new-OTHER",
    ]);
    scene.must(["run", "-e", "staging", "--", "true"]);
  });

  test("in the place of one with a binding is a replay, also for who sets a secret", async () => {
    await writeForeign("staging", { TOKEN: "planted-token" });
    expectRefusal(set("OTHER", "staging"), "SECRETS_REPLAYED", 12);
  });
});

describe("where a signature is needed", () => {
  test("a file without one is taken over only by who says so, and is signed then", async () => {
    await writeForeign("production", { TOKEN: "foreign-token" });
    const refused = set("OTHER", "production");
    expectRefusal(refused, "SECRETS_UNSIGNED", 12);
    expect(refused.error?.fix).toMatch(/ringfence secret set NAME --environment production --adopt$/);
    expect(set("OTHER", "production", ["--adopt"]).exit).toBe(0);
    expect(scene.read("secrets/production.yaml")).toMatch(/^# ringfence-signature: author /);
    expect(secretOf("TOKEN", "production")).toBe("foreign-token");
  });

  test("so is one that was changed after it was signed", () => {
    const file = "secrets/production.yaml";
    scene.write(
      file,
      scene
        .read(file)
        .replace(
          /^(# ringfence-signature: author )(.)/,
          (_, head, first) => head + (first === "A" ? "B" : "A"),
        ),
    );
    expectRefusal(set("OTHER", "production"), "SECRETS_SIGNATURE_INVALID", 12);
    expect(set("OTHER", "production", ["--adopt"]).exit).toBe(0);
    scene.must(["run", "-e", "production", "--", "true"]);
  });
});
