/** The proof of isolation where values are kept in other stores, or can't be read. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSeed, type SeedScene } from "../../../test/seeds/seed-scene.ts";
import type { IsolationView } from "../../contract/isolation.ts";

let scene: SeedScene;
const MANIFEST = `project: shop
environments: { development: {}, staging: {} }
layers: ["{env}.env"]
settings:
  KEY: { secret: true }
  LEVEL: { type: integer }
  HOST: {}
`;
beforeEach(() => {
  scene = openSeed({ "ringfence.yaml": MANIFEST });
});
afterEach(() => scene.remove());

async function prove(development: string, staging: string) {
  scene.write("development.env", `${development}\n`);
  scene.write("staging.env", `${staging}\n`);
  const { answer, exit, error } = await scene.command("isolation");
  if (error) throw error;
  const { verdict, pairs } = answer as IsolationView;
  const { contaminations, unknown } = pairs[0]!;
  return {
    exit,
    verdict,
    codes: contaminations.map(({ code }) => code),
    unknown: unknown.map(({ environment, subject }) => `${environment} ${subject}`),
  };
}

describe("references to other stores", () => {
  const both = ["development KEY", "staging KEY"];
  test.each<[string, string, string, string[]]>([
    ["the same", "vault://kv/shop/x#k", "vault://kv/shop/x#k", ["ISOLATION_CREDENTIAL"]],
    ["the same, spelled otherwise", "vault://kv/shop/x#k", "vault://kv/shop%2Fx#k", ["ISOLATION_CREDENTIAL"]],
    [
      "the same, and no store can read it",
      "vault://kv/x?nope=1#k",
      "vault://kv/x?nope=1#k",
      ["ISOLATION_CREDENTIAL"],
    ],
    ["another secret", "vault://kv/shop/x#k", "vault://kv/shop/y#k", []],
    ["another field", "vault://kv/shop/x#k", "vault://kv/shop/x#l", []],
    ["each environment's own", "vault://kv/{env}/x#k", "vault://kv/{env}/x#k", []],
    ["others, and no store can read them", "vault://kv/x?nope=1#k", "vault://kv/y?nope=1#k", []],
  ])("%s", async (_, a, b, codes) => {
    const found = await prove(`KEY=${a}`, `KEY=${b}`);
    expect(found).toMatchObject({ exit: 3, verdict: codes.length > 0 ? "contaminated" : "unknown", codes });
    expect([...new Set(found.unknown)].sort()).toEqual(both);
  });
});

describe("what can't be read makes the pair unknown", () => {
  test.each([
    ["nothing of the sort", "HOST=a.example.org", 0, []],
    ["a value that fits no type", "LEVEL=high", 3, ["staging LEVEL"]],
    ["a placeholder", "HOST=<from-somewhere>", 3, ["staging HOST"]],
    ["a reference to nothing", "HOST=${NOBODY}", 3, ["staging HOST"]],
    ["a name that is left out", "__proto__=a", 3, ["staging __proto__"]],
  ])("%s", async (_, text, exit, unknown) => {
    expect(await prove("HOST=b.example.org", text)).toMatchObject({ exit, unknown });
  });
});
