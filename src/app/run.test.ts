/** What a compiled run holds, by phase and with what layers take away. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readDeclared } from "../settings/declared.ts";
import { snapshotPath } from "../snapshot/snapshot.ts";
import { compileRun } from "./run.ts";

const root = mkdtempSync(join(tmpdir(), "ringfence-compiled-"));
const MANIFEST = `project: shop
environments: { development: }
layers: [{ path: base.env, final: [GONE] }, top.env]
settings:
  PLAIN: { required: true }
  LEVEL: { default: INFO }
  GONE: { type: integer, default: 3 }
  AWAY: { default: away }
  EMPTY: { default: full }
  BUILD_ONLY: { phase: build, required: true }
  BUILD_PART: { phase: build, default: part }
  RUN_ONLY: { type: integer, phase: run, required: true }
  JOINED: { phase: run }
`;

beforeAll(() => {
  writeFileSync(join(root, "ringfence.yaml"), MANIFEST);
  writeFileSync(join(root, "base.env"), "PLAIN=p\nBUILD_ONLY=b\nRUN_ONLY=1\nGONE=<unset>\nEMPTY=\n");
  writeFileSync(join(root, "top.env"), `AWAY=<unset>\nJOINED=\${BUILD_PART}-x\n`);
});
beforeEach(() => rmSync(join(root, ".ringfence/cache"), { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true }));

function compiled(phase: string | undefined, variables: Readonly<Record<string, string>> = {}) {
  const all = { RINGFENCE_HOME: join(root, "home"), ...variables };
  return compileRun({
    folder: root,
    environment: undefined,
    force: undefined,
    variables: all,
    phase,
    warn: () => {},
  });
}
const isKept = (): boolean => existsSync(snapshotPath(root, "development"));

test.each([
  ["run", { PLAIN: "p", LEVEL: "INFO", EMPTY: "", RUN_ONLY: 1, JOINED: "part-x" }],
  ["build", { PLAIN: "p", LEVEL: "INFO", EMPTY: "", BUILD_ONLY: "b", BUILD_PART: "part" }],
])("an application reads what it is given for %s, and misses nothing", async (phase, expected) => {
  const { snapshot } = await compiled(phase);
  expect(readDeclared(snapshot.shapes, snapshot.variables)).toEqual(expected);
  expect([...snapshot.removed].sort()).toEqual(["AWAY", "GONE"]);
});

test.each<[string, Record<string, string>, { kept: boolean; warnings: number; removed: string[] }]>([
  ["nothing", {}, { kept: true, warnings: 0, removed: ["AWAY", "GONE"] }],
  ["a variable for builds", { BUILD_ONLY: "other" }, { kept: true, warnings: 0, removed: ["AWAY", "GONE"] }],
  [
    "what a setting refers to",
    { BUILD_PART: "other" },
    { kept: false, warnings: 0, removed: ["AWAY", "GONE"] },
  ],
  ["a setting", { LEVEL: "DEBUG" }, { kept: false, warnings: 0, removed: ["AWAY", "GONE"] }],
  ["what is finally gone", { GONE: "4" }, { kept: true, warnings: 1, removed: ["AWAY", "GONE"] }],
  ["what is gone below", { AWAY: "back" }, { kept: false, warnings: 0, removed: ["GONE"] }],
])("the caller's variables say %s", async (_, variables, expected) => {
  const { snapshot, warnings } = await compiled(undefined, variables);
  const { removed } = snapshot;
  expect({ kept: isKept(), warnings: warnings.length, removed: [...removed].sort() }).toEqual(expected);
});

test("what the process environment can change is what a run is given, and what that refers to", async () => {
  const { snapshot } = await compiled(undefined);
  expect(snapshot.declared).not.toContain("BUILD_ONLY");
  expect(snapshot.declared).toEqual(expect.arrayContaining(["RUN_ONLY", "GONE", "BUILD_PART"]));
});
