import { describe, expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { importsIn } from "./imports.ts";
import type { Program } from "./index.ts";
import {
  contentOf,
  formatTrustRecord,
  parseTrustRecord,
  programsOf,
  type TrustRecord,
  trustOf,
  withTrusted,
} from "./index.ts";

const ROOT = "/project";
const PLACE = { file: "ringfence.yaml", line: 4, column: 5 };
const AT = { at: "2026-11-21T12:00:00.000Z", by: "ada" };

type Files = Readonly<Record<string, string>>;

const FILES: Files = {
  "config/base.ts": 'import { size } from "./size.ts";\nexport default { size };\n',
  "config/size.ts": 'export const size = 7;\nexport { later } from "../lib/later.mjs";\n',
  "lib/later.mjs": "export const later = 1;\n",
  "scripts/settings.js": 'require("./names");\n',
  "scripts/names.js": "module.exports = {};\n",
  "scripts/load.sh": ". ./more.sh\n",
  "data.json": "{}",
  "package.json": '{ "type": "module" }',
  "package-lock.json": "{}",
  "src/other.ts": "",
};

const COMMAND: Program = {
  kind: "command",
  name: "command node scripts/settings.js",
  words: ["node", "scripts/settings.js"],
  place: PLACE,
};
const MODULE: Program = {
  kind: "module",
  name: "module config/base.ts",
  words: ["config/base.ts"],
  place: PLACE,
};

function content(program: Program, files: Files = FILES) {
  return contentOf(program, ROOT, (path) =>
    Object.hasOwn(files, path) ? Buffer.from(files[path]!) : undefined,
  );
}

const pathsOf = (words: readonly string[]) => content({ ...COMMAND, words }).files.map(({ path }) => path);
const PACKAGE = ["package-lock.json", "package.json"];

describe("imports are found", () => {
  test.each<[string, string[]]>([
    ['import a from "./a.ts";', ["./a.ts"]],
    ["import type { B } from '../b.ts'", ["../b.ts"]],
    ['import "./side-effect.js"', ["./side-effect.js"]],
    ['import{a}from"./a.js"', ["./a.js"]],
    ['import {\n  a,\n} from\n  "./a.js"', ["./a.js"]],
    ['export * from "./c.mts";', ["./c.mts"]],
    ['const d = await import("./d.ts");', ["./d.ts"]],
    ["const d = import(`./d.ts`)", ["./d.ts"]],
    ['require("./e"); require.resolve("./f")', ["./e", "./f"]],
    ['new Worker(new URL("./worker.js", import.meta.url))', ["./worker.js"]],
    ['import.meta.resolve("./g.json")', ["./g.json"]],
    ['import a from "./a.ts?v=1#x";', ["./a.ts"]],
    ['import a from "./a.ts"; import b from "./a.ts";', ["./a.ts"]],
    ['import a from "zod"; import fs from "node:fs"; import "#inner"', ["#inner", "node:fs", "zod"]],
    ['import a from /* x **/ "../cfg/c.mjs"', ["../cfg/c.mjs"]],
    ['import // x\n "./a.js"; import /* y */ ( /* z */ "./b.js")', ["./a.js", "./b.js"]],
    ['require /* x */ ( // y\n "./c")', ["./c"]],
    ['require(".."); require(".")', [".", ".."]],
    ['const text = "see ./a.ts";', []],
  ])("%s", (text, expected) => {
    expect(importsIn(text).sort()).toEqual(expected);
  });
});

describe("files of a program", () => {
  test.each<[string[], string[]]>([
    [
      ["node", "scripts/settings.js", "dev"],
      ["scripts/names.js", "scripts/settings.js"],
    ],
    [
      ["node", "./scripts/settings"],
      ["scripts/names.js", "scripts/settings.js"],
    ],
    [
      ["node", "/project/scripts/settings.js"],
      ["scripts/names.js", "scripts/settings.js"],
    ],
    [["sh", "scripts/load.sh"], ["scripts/load.sh"]],
    [["tool", "--in=data.json", "config"], ["data.json"]],
    [["tool", "../other/x.js", "/elsewhere/data.json", "", "\0"], []],
    [["config/base.ts"], ["config/base.ts", "config/size.ts", "lib/later.mjs"]],
  ])("%j", (words, expected) => {
    expect(pathsOf(words)).toEqual([...expected, ...PACKAGE].sort());
  });

  const PACKAGES: Files = {
    "package.json": `{ "name": "own", "imports": { "#real": { "node": "./cfg/c.mjs" }, "#all/*": "./all/*.js" },
      "exports": { "./c": ["./cfg/c.mjs"], "./p/*": "./all/*.js" } }`,
    "cfg/c.mjs": "",
    "all/a.js": "",
    "main.js": 'import "own";',
    "lib/package.json": '{ "main": "./start", "name": "lib", "exports": "./start.js" }',
    "lib/start.js": 'require("lib"); require("own/c"); require("./inner");',
    "lib/inner/package.json": '{ "main": "../../all/a" }',
    "broken/package.json": "{",
    "broken/index.js": 'import "#real";',
  };
  const LIB = ["all/a.js", "lib/inner/package.json", "lib/package.json", "lib/start.js"];

  test.each<[string, string, string[]]>([
    ["imports", 'import "#real";', ["cfg/c.mjs"]],
    ["imports with a star", 'import "#all/a";', ["all/a.js"]],
    ["its own name", 'import "own/c";', ["cfg/c.mjs"]],
    ["its own name with a star", 'import "own/p/a";', ["all/a.js"]],
    ["what another package is called", 'import "owner/c"; import "#other"; import "other";', []],
    ["a folder's main file", 'require("./lib")', LIB],
    ["what is no package", 'require("./broken")', ["broken/index.js", "broken/package.json"]],
  ])("by package.json: %s", (_name, text, expected) => {
    const files = { ...PACKAGES, "a.mjs": text };
    const paths = (words: string[]) => content({ ...COMMAND, words }, files).files.map(({ path }) => path);
    expect(paths(["node", "a.mjs"])).toEqual([...expected, "a.mjs", "package.json"].sort());
    expect(paths(["node", "--eval", text])).toEqual([...expected, "package.json"].sort());
  });

  test("by package.json: a folder as a word", () => {
    const { files } = content({ ...COMMAND, words: ["node", "lib"] }, PACKAGES);
    expect(files.map(({ path }) => path)).toEqual([...LIB, "package.json"]);
  });

  test("many comments are no burden", () => {
    expect(importsIn(`from ${"/* */ // x\n".repeat(20_000)}`)).toEqual([]);
  });

  test("imports in a circle end", () => {
    const files = { "a.ts": 'import "./b.ts";', "b.ts": 'import "./a.ts";' };
    expect(content({ ...MODULE, words: ["a.ts"] }, files).files).toHaveLength(2);
  });
});

describe("trust is bound to", () => {
  const record = withTrusted(
    { format: 1, project: "shop", root: ROOT, programs: [] },
    [content(COMMAND), content(MODULE)],
    AT,
  );

  test("what it was given for", () => {
    expect(trustOf(content(MODULE), record)).toEqual({ state: "trusted", ...AT });
    expect(trustOf(content(MODULE), undefined)).toEqual({ state: "never" });
    expect(trustOf(content({ ...MODULE, name: "module other.ts" }), record)).toEqual({ state: "never" });
  });

  test.each<[string, Program, Files, object[]]>([
    [
      "a byte of the module",
      MODULE,
      { "config/base.ts": `${FILES["config/base.ts"]} ` },
      [["config/base.ts", "changed"]],
    ],
    [
      "a byte of what it imports",
      MODULE,
      { "lib/later.mjs": "export const later = 2;\n" },
      [["lib/later.mjs", "changed"]],
    ],
    [
      "a byte of the script",
      COMMAND,
      { "scripts/settings.js": 'require("./names"); ' },
      [["scripts/settings.js", "changed"]],
    ],
    ["a file that comes before another", COMMAND, { "scripts/names": "" }, [["scripts/names", "new"]]],
    ["the packages", MODULE, { "package-lock.json": "{ }" }, [["package-lock.json", "changed"]]],
    ["another lock file", MODULE, { "yarn.lock": "" }, [["yarn.lock", "new"]]],
    [
      "a new import",
      MODULE,
      { "config/base.ts": 'import "../src/other.ts";' },
      [
        ["config/base.ts", "changed"],
        ["src/other.ts", "new"],
        ["config/size.ts", "gone"],
        ["lib/later.mjs", "gone"],
      ],
    ],
  ])("%s", (_what, program, changed, expected) => {
    const trust = trustOf(content(program, { ...FILES, ...changed }), record);
    expect(trust).toMatchObject({ state: "changed", at: AT.at });
    const files = trust.state === "changed" ? trust.files : [];
    expect(files.map(({ path, change }) => [path, change])).toEqual(expected);
  });

  test("the words", () => {
    const words = [...COMMAND.words, "--insecure"];
    expect(trustOf(content({ ...COMMAND, words }), record)).toEqual({
      state: "changed",
      at: AT.at,
      files: [],
    });
  });

  test("what it was before as well, and files that are none of its own change nothing", () => {
    const edited = { ...FILES, "config/size.ts": "export const size = 8;\n" };
    const later = withTrusted(record, [content(MODULE, edited)], { at: "later", by: "ada" });
    expect(trustOf(content(MODULE), later).state).toBe("trusted");
    expect(trustOf(content(MODULE, edited), later)).toMatchObject({ state: "trusted", at: "later" });
    expect(trustOf(content(MODULE, { ...FILES, "src/other.ts": "changed" }), record).state).toBe("trusted");
  });

  test("only so many earlier contents", () => {
    let growing: TrustRecord = record;
    for (let size = 0; size < 50; size++) {
      const edited = { ...FILES, "config/size.ts": `export const size = ${size};` };
      growing = withTrusted(growing, [content(MODULE, edited)], AT);
    }
    expect(growing.programs.length).toBeLessThan(25);
    expect(trustOf(content(COMMAND), growing).state).toBe("trusted");
  });

  test("the project and its folder", () => {
    const text = formatTrustRecord(record);
    expect(parseTrustRecord(text, { project: "shop", root: ROOT })).toEqual(record);
    for (const other of [
      { project: "shop", root: "/elsewhere" },
      { project: "other", root: ROOT },
    ])
      expect(parseTrustRecord(text, other)).toBeUndefined();
    for (const bad of ["", "null", "[]", '{"format":1}', text.replace('"by"', '"of"'), text.slice(0, -9)])
      expect(parseTrustRecord(bad, { project: "shop", root: ROOT })).toBeUndefined();
  });
});

test("a project's programs: layers of every environment, then builds; nothing in a name deceives the eye", () => {
  const text = `project: shop
environments: { development: { short: dev, region: eu }, production: { short: prod } }
layers:
  - .env
  - { module: "config/config_{short}.ts" }
  - { command: [./load, "{env} {region}", "\\e[2K\\u202E"], only: [development] }
services:
  api: { build: { command: [npm, run, build], output: out, start: [node, x.js] } }
  web: { entry: src/web.ts }
stores:
  op: { command: [op, read, "{reference}"] }
  vault: { timeout: 5s }
settings:
  KEY: { secret: true, rotate: { hook: { command: [./change, "{env}"] }, verify: { command: [./try] } } }
`;
  const { project } = readManifest(text, { root: ROOT, file: "ringfence.yaml" });
  expect(programsOf(project!).map(({ kind, name, words }) => [kind, name, words])).toEqual([
    ["module", "module config/config_dev.ts", ["config/config_dev.ts"]],
    [
      "command",
      "command ./load 'development eu' '\\u{1b}[2K\\u{202e}'",
      ["./load", "development eu", "\u001b[2K\u202e"],
    ],
    ["module", "module config/config_prod.ts", ["config/config_prod.ts"]],
    ["build", "build api: npm run build", ["npm", "run", "build"]],
    ["store", "store op: op read '{reference}'", ["op", "read", "{reference}"]],
    ["rotation", "hook of KEY: ./change development", ["./change", "development"]],
    ["rotation", "verify of KEY: ./try", ["./try"]],
    ["rotation", "hook of KEY: ./change production", ["./change", "production"]],
  ]);
});
