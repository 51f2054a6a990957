import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOfBytes } from "../base/digest.ts";
import { describeInput, isUnchanged } from "./inputs.ts";
import { readIndex, writeIndex } from "./project-index.ts";
import { findProjectRoot } from "./project-root.ts";
import { openSnapshot, type Snapshot, sealSnapshot } from "./snapshot.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-snapshot-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const snapshot: Snapshot = {
  format: 4,
  removed: [],
  project: "shop",
  environment: "dev",
  kind: "development",
  production: false,
  runOutput: "direct",
  recordRequired: false,
  detection: { variable: "ENVIRONMENT", fallback: "dev", environments: [] },
  inputs: [],
  programs: false,
  variables: { A: "ö" },
  shapes: { A: "string" },
  failures: { errors: "detailed", escalation: [] },
  conditions: { folders: [], logLevel: "INFO", logFormat: "json" },
  secretNames: [],
  declared: ["A"],
  secretsRevision: 0,
  revision: digestOfBytes(""),
  program: "1",
  createdAt: "2026-11-01T00:00:00.000Z",
  expiresAtMs: null,
};
const owner = { project: "shop", environment: "dev" };

describe("sealing", () => {
  test("opens with the same key for the same owner, and hides every value", () => {
    const sealed = sealSnapshot({ ...snapshot, variables: { A: "plain-to-see" } }, "key");
    expect(openSnapshot(sealed, "key", owner)?.variables).toEqual({ A: "plain-to-see" });
    expect(sealed.includes("plain-to-see")).toBe(false);
  });

  test.each([
    ["another key", "other", owner],
    ["another project", "key", { ...owner, project: "shop2" }],
    ["another environment", "key", { ...owner, environment: "prod" }],
  ])("%s", (_, key, whose) => {
    expect(openSnapshot(sealSnapshot(snapshot, "key"), key, whose)).toBeUndefined();
  });

  test("every flipped bit, and every cut", () => {
    const sealed = sealSnapshot(snapshot, "key");
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1 << (at % 8);
      expect(openSnapshot(changed, "key", owner)).toBeUndefined();
      expect(openSnapshot(sealed.subarray(0, at), "key", owner)).toBeUndefined();
    }
  });
});

describe("inputs", () => {
  const path = () => join(root, "file");
  const old = new Date("2026-01-01");

  test.each<[string, string | null, () => void, boolean]>([
    ["nothing happened", "abc", () => {}, true],
    ["touched", "abc", () => utimesSync(path(), old, old), true],
    ["rewritten with the same", "abc", () => writeFileSync(path(), "abc"), true],
    ["other content of the same size", "abc", () => writeFileSync(path(), "abd"), false],
    [
      "the same, with the old times put back",
      "abc",
      () => {
        writeFileSync(path(), "abd");
        utimesSync(path(), old, old);
      },
      false,
    ],
    ["longer", "abc", () => writeFileSync(path(), "abcd"), false],
    ["gone", "abc", () => rmSync(path()), false],
    ["still missing", null, () => {}, true],
    ["created", null, () => writeFileSync(path(), ""), false],
  ])("%s", (_, content, change, expected) => {
    if (content !== null) {
      writeFileSync(path(), content);
      utimesSync(path(), old, old);
    }
    const input = describeInput(root, "file");
    change();
    expect(isUnchanged(root, input)).toBe(expected);
  });

  test("a file that has just changed is not trusted by its times", () => {
    writeFileSync(path(), "abc");
    expect(describeInput(root, "file").stamp).toBe("");
  });
});

describe("the index", () => {
  const index = () =>
    ({
      format: 1,
      project: "shop",
      manifest: describeInput(root, "ringfence.yaml"),
      rule: snapshot.detection,
    }) as const;

  test("is read back until the manifest changes", () => {
    writeFileSync(join(root, "ringfence.yaml"), "a");
    writeIndex(root, index());
    expect(readIndex(root)).toEqual(index());
    writeFileSync(join(root, "ringfence.yaml"), "b");
    expect(readIndex(root)).toBeUndefined();
  });

  test.each<[string, object]>([
    ["another format", { format: 4 }],
    ["a project that leads elsewhere", { project: "../other" }],
    ["no rule", { rule: null }],
    [
      "an environment that leads elsewhere",
      { rule: { ...snapshot.detection, environments: [{ name: "../x", hosts: [] }] } },
    ],
    ["environments without hosts", { rule: { ...snapshot.detection, environments: [{ name: "x" }] } }],
    ["an environment that is none", { rule: { ...snapshot.detection, environments: [null] } }],
  ])("%s is no index", (_, changes) => {
    writeFileSync(join(root, "ringfence.yaml"), "a");
    writeIndex(root, { ...index(), ...changes });
    expect(readIndex(root)).toBeUndefined();
  });
});

test("the root is the nearest folder upward that has a manifest", () => {
  expect(findProjectRoot(root)).toBeUndefined();
  writeFileSync(join(root, "ringfence.yaml"), "");
  expect(findProjectRoot(join(root, "a", "b"))).toBe(root);
});
