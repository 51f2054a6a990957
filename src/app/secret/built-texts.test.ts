import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputTexts } from "./built-texts.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-built-"));
  for (const folder of ["build/lib", "build/.git", "empty/inner", "elsewhere", "away"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of ["build/a.js", "build/lib/b.js", "build/.git/config", "elsewhere/c.js"]) {
    writeFileSync(join(root, file), "text");
  }
  const links: readonly (readonly [string, string])[] = [
    ["build", "dist"],
    ["build/a.js", "one.js"],
    ["a.js", "build/same.js"],
    ["..", "build/lib/up"],
    ["lib", "build/round"],
    ["../elsewhere", "build/out"],
    ["gone", "build/nowhere"],
    [".git/config", "build/history"],
    ["loop", "build/loop"],
    ["../elsewhere", "away/only"],
  ];
  for (const [target, link] of links) symlinkSync(target, join(root, link));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function looked(...paths: string[]): Promise<string[]> {
  const all: string[] = [];
  for await (const { path, why } of outputTexts(root, root, paths)) all.push(why ? `${path}: ${why}` : path);
  return all;
}

const below = (name: string) => [
  `${name}/a.js`,
  `${name}/history: a symbolic link into .git, which is passed over`,
  `${name}/lib/b.js`,
  `${name}/loop: it can't be read (ELOOP)`,
  `${name}/nowhere: a symbolic link that leads nowhere`,
  `${name}/out: a symbolic link that leads out`,
];

test.each<[string, string[], string[]]>([
  ["a folder, each file once, and the links that lead out", ["build"], below("build")],
  ["a link to a folder", ["dist"], below("dist")],
  ["a link to a file", ["one.js"], ["one.js"]],
  ["several", ["one.js", "elsewhere"], ["one.js", "elsewhere/c.js"]],
])("%s", async (_what, paths, expected) => {
  expect(await looked(...paths)).toEqual(expected);
});

test.each([
  ["a folder without a file", "empty", "APP_BAD_INPUT"],
  ["a folder of nothing but a link that leads out", "away", "APP_BAD_INPUT"],
  ["what is no file", "/dev/null", "APP_BAD_INPUT"],
  ["what is not there", "gone", "APP_UNREADABLE"],
  ["a link to nothing", "build/nowhere", "APP_UNREADABLE"],
])("%s is refused, also beside another", async (_what, path, code) => {
  await expect(looked("build", path)).rejects.toMatchObject({ code });
});
