import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFolders, folderIdentity, layoutOf, readJson, socketFolder } from "./folders.ts";

const runtimeBefore = process.env.XDG_RUNTIME_DIR;
const user = process.getuid?.() ?? 0;
let base = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "rf-"));
  process.env.XDG_RUNTIME_DIR = base;
});
afterEach(() => {
  if (runtimeBefore === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = runtimeBefore;
  rmSync(base, { recursive: true, force: true });
});

const mode = (path: string) => statSync(path).mode & 0o777;

describe("the folder for sockets", () => {
  test("is short, private and of one environment only", () => {
    const long = `/projects/${"x".repeat(300)}`;
    const one = socketFolder(long);
    expect(one).toBe(socketFolder(long));
    expect(one).not.toBe(socketFolder(`${long}y`));
    expect(one.length).toBeLessThan(80);
    expect([mode(one), mode(join(one, ".."))]).toEqual([0o700, 0o700]);
  });

  test("is elsewhere when the run-time folder's path is too long", () => {
    const deep = join(base, "y".repeat(90));
    mkdirSync(deep);
    process.env.XDG_RUNTIME_DIR = deep;
    const folder = socketFolder(`${base}/environment`);
    expect(folder.startsWith(deep)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  const unsafe: [string, (path: string) => void, string][] = [
    ["open to others", (path) => chmodSync(mkdirSync(path, { recursive: true }) ?? path, 0o755), "chmod 700"],
    ["a link", (path) => symlinkSync(mkdtempSync(join(base, "t-")), path), "rm -r"],
    ["a file", (path) => writeFileSync(path, ""), "rm -r"],
  ];
  test.each(unsafe)("is refused when it is %s", (_, make, fix) => {
    make(join(base, `ringfence-${user}`));
    expect(() => socketFolder("/x")).toThrow(
      expect.objectContaining({ code: "TARGET_SOCKET_UNSAFE", fix: expect.stringContaining(fix) }),
    );
  });
});

test("an environment's folders are private, also when they stood before", () => {
  const layout = layoutOf(join(base, "environment"));
  mkdirSync(layout.data, { recursive: true, mode: 0o755 });
  createFolders(layout);
  for (const folder of [layout.folder, layout.data, layout.logs, layout.run])
    expect(mode(folder)).toBe(0o700);
});

test("a folder that can't be made is an error with a fix", () => {
  writeFileSync(join(base, "file"), "");
  expect(() => createFolders(layoutOf(join(base, "file", "environment")))).toThrow(
    expect.objectContaining({ code: "TARGET_FOLDER_UNUSABLE", fix: expect.stringContaining("mkdir -p") }),
  );
});

test("a folder made anew is another one", () => {
  const path = join(base, "again");
  mkdirSync(path);
  const before = folderIdentity(path);
  mkdirSync(join(base, "takes-the-inode-if-it-is-free"));
  rmSync(path, { recursive: true });
  expect(folderIdentity(path)).toBeUndefined();
  mkdirSync(join(base, "takes-it-now"));
  mkdirSync(path);
  expect(folderIdentity(path)).not.toBe(before);
});

test("JSON: missing, damaged, whole", () => {
  const path = join(base, "x.json");
  expect(readJson(path)).toBeUndefined();
  writeFileSync(path, '{"a":');
  expect(readJson(path)).toBeNull();
  writeFileSync(path, '{"a":1}');
  expect(readJson(path)).toEqual({ a: 1 });
});
