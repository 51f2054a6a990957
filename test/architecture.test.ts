/** Keeps the house rules of ARCHITECTURE.md. Each rule is also shown an example that breaks it. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as rules from "./architecture/house-rules.ts";
import { parseModule } from "./architecture/parse-module.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const LOCK = '{"packages":{}}';
const LONG = "\n".repeat(61);

/** Files that end in `.md` are pages, all others modules. */
function houseOf(files: Readonly<Record<string, string>>, lock = LOCK): rules.House {
  const pages = Object.entries(files).filter(([path]) => path.endsWith(".md"));
  const modules = Object.entries(files).filter(([path]) => !path.endsWith(".md"));
  return {
    modules: modules.map(([path, text]) => parseModule(path, text)),
    lock,
    pages: Object.fromEntries(pages),
    exists: (path) => path in files,
  };
}

function projectHouse(): rules.House {
  const code = globSync("{src,test,scripts,bench,examples}/**/*.ts", {
    cwd: root,
    exclude: ["**/node_modules/**", "test/fixtures/**"],
  });
  const paths = [...code, "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => existsSync(`${root}/${path}`))
    .sort();
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(`${root}/${path}`, "utf8")]));
  const house = houseOf(files, readFileSync(`${root}/package-lock.json`, "utf8"));
  return { ...house, exists: (path) => existsSync(`${root}/${path}`) };
}

interface Case {
  readonly rule: rules.Rule;
  /** One violation each: the path that the violation must name, and the files. */
  readonly breaks: readonly (readonly [where: string, files: Readonly<Record<string, string>>])[];
  /** Files that come near and are allowed. */
  readonly allows?: Readonly<Record<string, string>>;
}

const cases: Readonly<Record<string, Case>> = {
  "imports stay in bounds": {
    rule: rules.importsStayInBounds,
    breaks: [
      ["src/base/a.ts:1", { "src/base/a.ts": 'import { b } from "../model/b.ts";' }],
      ["src/base/a.ts:1", { "src/base/a.ts": 'import type { B } from "../model/b.ts";' }],
      ["src/base/a.ts:1", { "src/base/a.ts": 'let b: import("../model/b.ts").B;' }],
      ["src/model/a.ts:1", { "src/model/a.ts": 'import "../ports/b.ts";' }],
      ["src/ports/a.ts:1", { "src/ports/a.ts": 'import "../config/index.ts";' }],
      ["src/snapshot/a.ts:1", { "src/snapshot/a.ts": 'import "../model/b.ts";' }],
      ["src/settings/a.ts:1", { "src/settings/a.ts": 'import "../config/index.ts";' }],
      ["src/config/a.ts:2", { "src/config/a.ts": '\nexport * from "../secrets/index.ts";' }],
      ["src/config/a.ts:1", { "src/config/a.ts": 'const b = () => import("../app/b.ts");' }],
      ["src/adapters/x/a.ts:1", { "src/adapters/x/a.ts": 'import "../y/b.ts";' }],
      ["src/adapters/x/a.ts:1", { "src/adapters/x/a.ts": 'import "../../config/index.ts";' }],
      ["src/app/door.ts:1", { "src/app/door.ts": 'import "../adapters/x/b.ts";' }],
      ["src/app/door.ts:1", { "src/app/door.ts": 'import "../cli/b.ts";' }],
      ["src/cli/a.ts:1", { "src/cli/a.ts": 'import "../app/door.ts";' }],
      ["src/cli/a.ts:1", { "src/cli/a.ts": 'import { b } from "../model/b.ts";' }],
      ["src/cli/a.ts:1", { "src/cli/a.ts": 'import "../snapshot/b.ts";' }],
      ["src/server/a.ts:1", { "src/server/a.ts": 'import "../config/index.ts";' }],
      ["src/index.ts:1", { "src/index.ts": 'import "./model/b.ts";' }],
      ["src/app/a.ts:1", { "src/app/a.ts": 'import "../../scripts/b.ts";' }],
    ],
    allows: {
      "src/config/a.ts": 'import "node:fs"; import "yaml"; import "./b.ts"; import "../ports/c.ts";',
      "src/config/a.test.ts": 'import "../adapters/store-memory/index.ts"; import "../../test/vectors.ts";',
      "src/app/app.ts": 'import "../adapters/x/b.ts"; import "../config/index.ts";',
      "src/cli/main.ts": 'import "../snapshot/b.ts"; import type { B } from "../model/b.ts";',
      "src/cli/run/a.ts": 'import "../../snapshot/b.ts"; import "../../app/catalogue.generated.ts";',
      "src/settings/index.ts": 'import "../snapshot/b.ts";',
      "src/index.ts": 'export * from "./app/app.ts";',
      "scripts/a.ts": 'import "../src/config/b.ts";',
    },
  },
  "a capability is entered by its index": {
    rule: rules.capabilitiesHaveOneEntrance,
    breaks: [["src/app/a.ts:1", { "src/app/a.ts": 'import type { B } from "../config/b.ts";' }]],
    allows: { "src/app/a.ts": 'import "../config/index.ts";', "src/config/b.ts": 'import "./c.ts";' },
  },
  "no circles": {
    rule: rules.noCircles,
    breaks: [
      ["src/a.ts → src/b.ts → src/a.ts", { "src/a.ts": 'import "./b.ts";', "src/b.ts": 'import "./a.ts";' }],
      ["src/a.ts → src/a.ts", { "src/a.ts": 'import type { A } from "./a.ts";' }],
      ["src/a.ts → src/b.ts", { "src/a.ts": 'import("./b.ts");', "src/b.ts": 'import "./a.ts";' }],
    ],
    allows: {
      "src/app/catalogue.generated.ts": 'export const load = () => import("./a.ts");',
      "src/app/a.ts": 'import "./catalogue.generated.ts"; import "./b.ts"; import "./c.ts";',
      "src/app/b.ts": 'import "./c.ts";',
      "src/app/c.ts": "",
    },
  },
  "zod stays with the schemas": {
    rule: rules.zodStaysWithSchemas,
    breaks: [
      ["src/config/a.ts:1", { "src/config/a.ts": 'import { z } from "zod";' }],
      ["src/model/setting.ts:1", { "src/model/setting.ts": 'import * as z from "zod/mini";' }],
      ["src/app/a.ts:1", { "src/app/a.ts": 'import { z } from "zod";' }],
    ],
    allows: {
      "src/model/manifest.ts": 'import * as z from "zod";',
      "src/app/a.ts": 'import type * as z from "zod";',
    },
  },
  "the hot path loads no package": {
    rule: rules.hotPathLoadsNoPackage,
    breaks: [
      [
        "src/base/b.ts:1",
        {
          "src/cli/main.ts": 'import "./run/a.ts";',
          "src/cli/run/a.ts": 'import "../../base/b.ts";',
          "src/base/b.ts": 'import "yaml";',
        },
      ],
      ["src/cli/attended.ts:1", { "src/cli/attended.ts": 'import "zod";' }],
    ],
    allows: {
      "src/cli/main.ts":
        'import "node:fs"; import type { Z } from "zod"; const d = () => import("./dispatch.ts");',
      "src/cli/dispatch.ts": 'import "commander";',
    },
  },
  "files have at most 400 lines": {
    rule: rules.filesStaySmall,
    breaks: [["src/a.ts has 401", { "src/a.ts": "\n".repeat(401) }]],
    allows: { "src/a.ts": "\n".repeat(400) },
  },
  "functions have at most 60 lines": {
    rule: rules.functionsStaySmall,
    breaks: [
      ["src/a.ts:1 f", { "src/a.ts": `function f() {${LONG}}` }],
      ["src/a.ts:1 g", { "src/a.ts": `const g = () => {${LONG}};` }],
      ["src/a.ts:1 m", { "src/a.ts": `class A { m() {${LONG}} }` }],
      ["src/a.ts:1 anonymous", { "src/a.ts": `describe("x", () => {${LONG}});` }],
      [
        "test/contracts/store.ts:1 f",
        { "test/contracts/store.ts": `function f() { describe("x", () => {});${LONG}}` },
      ],
      ["src/a.test.ts:1 f", { "src/a.test.ts": `function f() {${LONG}}` }],
    ],
    allows: {
      "src/a.ts": `function f() {${"\n".repeat(59)}}`,
      "src/a.test.ts": `describe.skipIf(no)("x", () => {${LONG}}); test("y", async () => {${LONG}});`,
      "test/contracts/store.ts": `export function contract() {\ndescribe("x", () => {${LONG}});\n}`,
    },
  },
  "files say what they are": {
    rule: rules.filesSayWhatTheyAre,
    breaks: [
      ["src/a.ts:1", { "src/a.ts": "export const a = 1; /** Late. */" }],
      ["src/a.ts:1", { "src/a.ts": "/** One. Two. Three. Four. */" }],
      ["src/a.ts:1", { "src/a.ts": "/**\n *\n */\n" }],
    ],
    allows: {
      "src/a.ts": "/**\n * One `a.ts`. Two! Three?\n *\n * Four. Five.\n */",
      "scripts/b.ts": "#!/usr/bin/env node\n// Only one,\n// on two lines.\n",
      "src/c.test.ts": "",
    },
  },
  "names are kebab-case": {
    rule: rules.namesAreKebabCase,
    breaks: [
      ['"fooBar.ts"', { "src/base/fooBar.ts": "" }],
      ['"foo_bar.ts"', { "src/base/foo_bar.ts": "" }],
      ['"Config"', { "src/Config/a.ts": "" }],
    ],
    allows: { "src/base/foo-bar.test.ts": "", "src/app/catalogue.generated.ts": "" },
  },
  "names say something": {
    rule: rules.namesSaySomething,
    breaks: [
      ["utils.ts", { "src/base/utils.ts": "" }],
      ["types.ts", { "src/model/types.ts": "" }],
      ["common", { "src/common/a.ts": "" }],
      ["lease-manager.ts", { "src/app/lease-manager.ts": "" }],
      ["helpers.test.ts", { "src/app/helpers.test.ts": "" }],
    ],
    allows: { "src/config/setting-types.ts": "", "src/base/id.ts": "" },
  },
  "nothing is left to do": {
    rule: rules.nothingIsLeftToDo,
    breaks: [
      ["src/a.ts:2", { "src/a.ts": `\n// ${"TO"}${"DO"}: later` }],
      ["src/a.ts:1", { "src/a.ts": `/* ${"FIX"}${"ME"} */` }],
    ],
  },
  "nothing is exported in vain": {
    rule: rules.nothingIsExportedInVain,
    breaks: [
      [
        "exports b",
        { "src/base/a.ts": "export const a = 1, b = 2;", "src/c.ts": 'import { a } from "./base/a.ts";' },
      ],
      ["exports f", { "src/base/a.ts": "export function f() {}" }],
      [
        "exports b",
        {
          "src/base/a.ts": "export const { a, c: [b] } = x;",
          "src/d.ts": 'import { a } from "./base/a.ts";',
        },
      ],
    ],
    allows: {
      "src/base/a.ts": "export const a = 1; export interface B {}",
      "src/base/c.ts": "export const c = 1;",
      "src/config/d.ts": "export const d = 1;",
      "src/config/index.ts": 'export { d } from "./d.ts"; export const e = 1;',
      "src/app/x.ts": 'import { a } from "../base/a.ts"; const c = () => import("../base/c.ts");',
    },
  },
  "error codes name their room, once": {
    rule: rules.errorCodesNameTheirRoom,
    breaks: [
      ["src/secrets/errors.ts:1", { "src/secrets/errors.ts": "errorCatalogue({ CONFIG_X: {} });" }],
      [
        "src/adapters/store-sqlite/errors.ts:1",
        { "src/adapters/store-sqlite/errors.ts": "errorCatalogue({ SQLITE: {} });" },
      ],
      [
        "src/adapters/store-sqlite/errors.ts:1 STORE_X is taken",
        {
          "src/adapters/store-memory/errors.ts": "errorCatalogue({ STORE_X: {} });",
          "src/adapters/store-sqlite/errors.ts": "errorCatalogue({ STORE_X: {} });",
        },
      ],
    ],
    allows: {
      "src/secrets/errors.ts": "export const e = errorCatalogue({ SECRET_X: {}, SECRETS_Y: {} });",
      "src/adapters/builder-esbuild/errors.ts": "errorCatalogue({ BUILD_FAILED: {} });",
      "src/adapters/artifacts-folder/errors.ts": "errorCatalogue({ ARTIFACT_MISSING: {} });",
    },
  },
  "errors live in catalogues": {
    rule: rules.errorsLiveInCatalogues,
    breaks: [["src/config/a.ts:1", { "src/config/a.ts": "errorCatalogue({ CONFIG_X: {} });" }]],
    allows: { "src/base/a.test.ts": "errorCatalogue({ TEST_X: {} });" },
  },
  "pages name files that exist": {
    rule: rules.pagesNameFilesThatExist,
    breaks: [["README.md:2", { "README.md": "# x\nSee `src/base/gone.ts`." }]],
    allows: { "README.md": "`src/a.ts`, `src/<noun>/a.ts`, `src/*`, `other/b.ts`", "src/a.ts": "/** A. */" },
  },
};

const lockCases = {
  "the lock file names no download address": {
    rule: rules.lockNamesNoDownloadAddress,
    breaks: { "node_modules/a": { version: "1.0.0", resolved: "https://example.org/a.tgz" } },
    allows: {
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { resolved: "scripts/b", link: true },
    },
  },
  "the lock file knows every platform": {
    rule: rules.lockIsComplete,
    breaks: { "node_modules/a": { optionalDependencies: { "a-linux": "1.0.0" } } },
    allows: {
      "node_modules/a": { optionalDependencies: { "a-linux": "1.0.0" } },
      "node_modules/a-linux": {},
    },
  },
};

const house = projectHouse();

test("the house has been read", () => {
  expect(house.modules.length).toBeGreaterThan(30);
});

describe.each(Object.entries(cases))("%s", (_name, { rule, breaks, allows = {} }) => {
  test("here", () => expect(rule(house)).toEqual([]));
  test("what is near but allowed passes", () => expect(rule(houseOf(allows))).toEqual([]));
  test.each(breaks)("%s is seen", (where, files) => {
    expect(rule(houseOf(files))).toEqual([expect.stringContaining(where)]);
  });
});

describe.each(Object.entries(lockCases))("%s", (_name, { rule, breaks, allows }) => {
  test("here", () => expect(rule(house)).toEqual([]));
  test("what is near but allowed passes", () => {
    expect(rule(houseOf({}, JSON.stringify({ packages: allows })))).toEqual([]);
  });
  test("a violation is seen", () => {
    expect(rule(houseOf({}, JSON.stringify({ packages: breaks })))).toEqual([
      expect.stringContaining("node_modules/a"),
    ]);
  });
});

test("no rule is left without an example", () => {
  const shown = new Set([...Object.values(cases), ...Object.values(lockCases)].map(({ rule }) => rule));
  const all = Object.entries(rules);
  expect(all.filter(([, rule]) => !shown.has(rule as rules.Rule)).map(([name]) => name)).toEqual([]);
});
