import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  highestRevision,
  identityPath,
  keyMaterial,
  machineMaterial,
  raiseRevision,
  readKeyFile,
  ringfenceHome,
} from "./home.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ringfence-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  [{ RINGFENCE_HOME: "/a", XDG_CONFIG_HOME: "/b", HOME: "/c" }, "/a"],
  [{ XDG_CONFIG_HOME: "/b", HOME: "/c" }, "/b/ringfence"],
  [{ RINGFENCE_HOME: "", XDG_CONFIG_HOME: "", HOME: "/c" }, "/c/.config/ringfence"],
])("%j: %s", (variables, expected) => {
  expect(ringfenceHome(variables)).toBe(expected);
});

describe("key files", () => {
  test.each([0o600, 0o400, 0o700])("%o is the owner's alone", (mode) => {
    const path = join(home, "key");
    writeFileSync(path, "key");
    chmodSync(path, mode);
    expect(readKeyFile(path)).toBe("key");
  });

  test.each([0o640, 0o604, 0o644, 0o620, 0o601])("%o is refused", (mode) => {
    const path = join(home, "key");
    writeFileSync(path, "key");
    chmodSync(path, mode);
    expect(() => readKeyFile(path)).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_KEY_UNUSABLE", exit: 12, fix: `chmod 600 '${path}'` }),
    );
  });

  test("a missing one is undefined, a folder is refused", () => {
    expect(readKeyFile(join(home, "none"))).toBeUndefined();
    expect(() => readKeyFile(home)).toThrow(expect.objectContaining({ code: "SNAPSHOT_KEY_UNUSABLE" }));
  });
});

test("the machine's key is made once, private, also by processes that start at once", () => {
  expect(machineMaterial(home)).toBeUndefined();
  const module = JSON.stringify(new URL("./home.ts", import.meta.url).href);
  const code = `import { keyMaterial } from ${module}; console.log(keyMaterial(${JSON.stringify(home)}, "p", "e"));`;
  const script = `for i in 1 2 3 4; do "${process.execPath}" --input-type=module -e '${code}' & done; wait`;
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  const keys = stdout.trim().split("\n");
  expect(keys).toHaveLength(4);
  expect(new Set(keys)).toEqual(new Set([machineMaterial(home)]));
  expect(Buffer.from(keys[0]!, "base64")).toHaveLength(32);
  expect(statSync(join(home, "machine.key")).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(["machine.key"]);
});

test("an identity goes before the machine's key; its comments are no part of the key", () => {
  const path = identityPath(home, "p", "e");
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "# created today\nAGE-SECRET-KEY-1\n", { mode: 0o600 });
  expect(keyMaterial(home, "p", "e")).toBe("AGE-SECRET-KEY-1");
  expect(machineMaterial(home)).toBeUndefined();
});

test("the highest revision only grows; a damaged one is an error, not 0", () => {
  expect(highestRevision(home, "p", "e")).toBe(0);
  for (const revision of [2, 5, 3]) raiseRevision(home, "p", "e", revision);
  expect(highestRevision(home, "p", "e")).toBe(5);
  expect(highestRevision(home, "p", "other")).toBe(0);
  for (const damage of ["", "x", "-1", "1e9"]) {
    writeFileSync(join(home, "revisions", "p", "e"), damage);
    expect(() => highestRevision(home, "p", "e")).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_HOME_DAMAGED" }),
    );
  }
});
