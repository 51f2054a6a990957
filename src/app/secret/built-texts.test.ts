import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RepositoryTexts } from "../../ports/repository-texts.ts";
import { outputTexts } from "./built-texts.ts";
import { folderTexts } from "./scan-texts.ts";

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

test("what has a name that is not UTF-8 is told", async () => {
  const at = (name: string) => Buffer.concat([Buffer.from(join(root, "odd/")), Buffer.from(name, "latin1")]);
  mkdirSync(at("folder\xe9"), { recursive: true });
  for (const name of ["a\xe9.js", "folder\xe9/b.js", "c.js"]) writeFileSync(at(name), "text");
  const why = "its name is not in UTF-8, so that it can't be opened";
  const told = [`odd/a\ufffd.js: ${why}`, "odd/c.js", `odd/folder\ufffd: ${why}`];
  expect(await looked("odd")).toEqual(told);
  const listed: string[] = [];
  const repository = { files: async () => ["odd/a\ufffd.js", "odd/gone.js"] } as unknown as RepositoryTexts;
  for await (const text of folderTexts(root, repository)) listed.push(`${text.path}: ${text.why}`);
  expect(listed).toEqual(told.slice(0, 1));
});

test("a program with an archive behind it is opened, and looked at itself", async () => {
  const archive = zipSync({ "main.py": strToU8("one") });
  writeFileSync(join(root, "tool.pyz"), Buffer.concat([Buffer.alloc(100_000, "#\n"), archive]));
  expect(await looked("tool.pyz")).toEqual(["tool.pyz", "tool.pyz!main.py"]);
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
