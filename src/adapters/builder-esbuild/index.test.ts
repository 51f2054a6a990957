import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openBuilder } from "./index.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-builder-")));
afterAll(() => rmSync(scratch, { recursive: true }));

function write(folder: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A tool with the settings module, as an installed Ringfence would be. */
const tool = join(scratch, "tool");
write(tool, {
  "package.json": "{}",
  "dist/settings.mjs": 'export { word } from "./base.mjs";\n',
  "dist/base.mjs": 'export const word = "the tool\'s copy";\n',
});
const settingsModule = join(tool, "dist/settings.mjs");

let project: string;
let checkout: string;
let output: string;
beforeEach(() => {
  const place = mkdtempSync(join(scratch, "case-"));
  project = join(place, "project");
  checkout = join(place, "checkout");
  output = join(place, "output");
  for (const folder of [project, checkout, output]) mkdirSync(folder);
});

const entry = (name = "src/api.ts") => ({ kind: "entry", entry: name }) as const;
const build = (what: Parameters<ReturnType<typeof openBuilder>["build"]>[1] = entry()) =>
  openBuilder({ project, settingsModule }).build("api", what, checkout, output);
const code = (name: string, more: object = {}) => expect.objectContaining({ code: name, ...more });
const read = (path: string) => readFileSync(join(output, path), "utf8");

const PACKAGES = {
  "node_modules/old-style/package.json": '{"name":"old-style","main":"lib/index.js"}',
  "node_modules/old-style/lib/index.js":
    'const os = require("os");\nmodule.exports = { eol: () => JSON.stringify(os.EOL) };\n',
  "node_modules/@scope/modern/package.json":
    '{"name":"@scope/modern","type":"module","exports":"./index.js"}',
  "node_modules/@scope/modern/index.js": "export const twice = (n) => 2 * n;\n",
};
const SOURCES = {
  "src/api.ts": [
    'import { createRequire } from "node:module";',
    'import { DatabaseSync } from "node:sqlite";',
    'import { twice } from "@scope/modern";',
    'import old from "old-style";',
    'import { word } from "ringfence/settings";',
    'import { greeting, type Greeting } from "./greeting.ts";',
    "const require = createRequire(import.meta.url);",
    "const hello: Greeting = greeting;",
    'console.log(hello, twice(21), old.eol(), word, typeof DatabaseSync, typeof require("node:fs").readFileSync);',
  ].join("\n"),
  "src/greeting.ts": 'export type Greeting = string;\nexport const greeting: Greeting = "grüezi";\n',
};

describe("an entry", () => {
  test("becomes one module that runs anywhere, packages and all", async () => {
    write(project, PACKAGES);
    write(checkout, SOURCES);
    const { folder, start } = await build();
    expect(start).toEqual(["node", "--enable-source-maps", "api.mjs"]);
    expect(readdirSync(folder).sort()).toEqual(["api.mjs", "api.mjs.map"]);
    const elsewhere = mkdtempSync(join(tmpdir(), "ringfence-runs-"));
    try {
      cpSync(folder, elsewhere, { recursive: true });
      const said = execFileSync(process.execPath, start.slice(1), { cwd: elsewhere, encoding: "utf8" });
      expect(said).toBe('grüezi 42 "\\n" the tool\'s copy function function\n');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test("gives the same bytes wherever project and checkout lie, and names no place", async () => {
    write(project, PACKAGES);
    write(checkout, SOURCES);
    await build();
    const first = ["api.mjs", "api.mjs.map"].map(read);
    const deep = join(scratch, "quite/another/place", "deeper");
    for (const [from, to] of Object.entries({ [project]: "p", [checkout]: "one/c", [tool]: "t/t" })) {
      cpSync(from, join(deep, to), { recursive: true, verbatimSymlinks: true });
    }
    rmSync(join(deep, "one/c/node_modules"));
    output = join(deep, "out");
    mkdirSync(output);
    const settings = join(deep, "t/t/dist/settings.mjs");
    const other = openBuilder({ project: join(deep, "p"), settingsModule: settings });
    await other.build("api", entry(), join(deep, "one/c"), output);
    expect(["api.mjs", "api.mjs.map"].map(read)).toEqual(first);
    for (const text of first) expect(text).not.toMatch(/\.\.\/|ringfence-builder-/);
    expect(JSON.parse(first[1]!)).not.toHaveProperty("sourcesContent");
    expect(JSON.parse(first[1]!).sources.sort()).toEqual([
      "node_modules/@scope/modern/index.js",
      "node_modules/old-style/lib/index.js",
      "ringfence/dist/base.mjs",
      "src/api.ts",
      "src/greeting.ts",
    ]);
  });

  test("a stack trace names the source's line", async () => {
    write(checkout, {
      "src/api.ts":
        "interface Unused { a: 1 }\n\nfunction fail(): never {\n  throw new Error('x');\n}\nfail();\n",
    });
    const { folder, start } = await build();
    const { stderr } = spawnSync(process.execPath, start.slice(1), { cwd: folder, encoding: "utf8" });
    expect(stderr).toContain("src/api.ts:4:9");
  });

  test("the project's own installation of ringfence comes first", async () => {
    write(project, {
      "node_modules/ringfence/package.json":
        '{"name":"ringfence","type":"module","exports":{"./settings":"./dist/settings.js"}}',
      "node_modules/ringfence/dist/settings.js": 'export const word = "own";\n',
    });
    write(checkout, { "src/api.ts": 'import { word } from "ringfence/settings";\nconsole.log(word);\n' });
    const { folder } = await build();
    expect(execFileSync(process.execPath, [join(folder, "api.mjs")], { encoding: "utf8" })).toBe("own\n");
    expect(read("api.mjs")).toContain("// node_modules/ringfence/dist/settings.js");
  });

  test("packages of a folder above the project are found", async () => {
    write(dirname(project), PACKAGES);
    write(checkout, { "src/api.ts": 'import { twice } from "@scope/modern";\nconsole.log(twice(1));\n' });
    await build();
    expect(read("api.mjs")).toContain("// node_modules/@scope/modern/index.js");
  });

  test("no tsconfig.json from above the checkout has a say", async () => {
    write(dirname(checkout), {
      "tsconfig.json": '{"compilerOptions":{"paths":{"#word":["./stray.ts"]}}}',
      "stray.ts": "",
    });
    write(checkout, { "src/api.ts": 'import "#word";\n' });
    await expect(build()).rejects.toEqual(code("BUILD_FAILED", { where: "src/api.ts:1:8" }));
  });

  test.each<[string, Record<string, string>, string, string, RegExp]>([
    [
      "a syntax error",
      { "src/api.ts": "const a = 1;\nlet b = = 2;\n" },
      "BUILD_FAILED",
      "src/api.ts:2:9",
      /mend the file/,
    ],
    [
      "a package that is not installed",
      { "src/api.ts": 'import "@acme/tool/deep/file.js";\n' },
      "BUILD_FAILED",
      "src/api.ts:1:8",
      /npm install @acme\/tool$/,
    ],
    [
      "a file that is not committed",
      { "src/api.ts": 'import "./gone.ts";\n' },
      "BUILD_FAILED",
      "src/api.ts:1:8",
      /commit/,
    ],
    [
      "a native addon",
      { "src/api.ts": 'import "./a.node";\n', "src/a.node": "" },
      "BUILD_FAILED",
      "src/api.ts:1:8",
      /`build`/,
    ],
    [
      "a missing entry",
      {},
      "BUILD_ENTRY_MISSING",
      "ringfence.yaml services.api.entry",
      /git add src\/api.ts/,
    ],
  ])("%s is refused with its place", async (_, files, name, where, fix) => {
    write(checkout, files);
    await expect(build()).rejects.toEqual(code(name, { where, fix: expect.stringMatching(fix) }));
    expect(readdirSync(output)).toEqual([]);
  });

  test("an entry outside of the project is refused", async () => {
    write(dirname(checkout), { "secret.ts": "" });
    await expect(build(entry("../secret.ts"))).rejects.toEqual(code("BUILD_ENTRY_MISSING"));
  });

  test("a linked folder of the work tree is refused: its files are in no commit", async () => {
    write(dirname(project), {
      "shared/package.json": '{"name":"shared","main":"index.js"}',
      "shared/index.js": "",
    });
    mkdirSync(join(project, "node_modules"));
    symlinkSync("../../shared", join(project, "node_modules/shared"));
    write(checkout, { "src/api.ts": 'import "shared";\n' });
    await expect(build()).rejects.toEqual(code("BUILD_OUTSIDE", { where: "src/api.ts" }));
    expect(readdirSync(output)).toEqual([]);
  });

  test("without esbuild the error says how to get it", () => {
    const script = [
      'import { registerHooks } from "node:module";',
      "registerHooks({ resolve(name, context, next) {",
      '  if (name !== "esbuild") return next(name, context);',
      '  throw Object.assign(new Error("none"), { code: "ERR_MODULE_NOT_FOUND" });',
      "} });",
      `const { openBuilder } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});`,
      `const builder = openBuilder(${JSON.stringify({ project, settingsModule })});`,
      `await builder.build("api", { kind: "entry", entry: "api.ts" }, ${JSON.stringify(checkout)}, ${JSON.stringify(output)})`,
      "  .catch((error) => console.log(error.code, error.fix));",
    ].join("\n");
    write(checkout, { "api.ts": "" });
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(said).toBe("BUILD_TOOL_MISSING npm install --save-dev esbuild\n");
  });
});

describe("a command", () => {
  const command = (script: string, where = "dist") =>
    ({
      kind: "command",
      command: ["node", "-e", script],
      output: where,
      start: ["node", "main.js"],
    }) as const;

  test("runs in the checkout without a shell and its output is taken over, modes and links kept", async () => {
    write(checkout, { "tool.sh": "#!/bin/sh\n" });
    chmodSync(join(checkout, "tool.sh"), 0o755);
    const script =
      'const fs = require("fs"); fs.mkdirSync("dist/sub", { recursive: true }); fs.writeFileSync("dist/main.js", process.argv[1]);' +
      'fs.copyFileSync("tool.sh", "dist/sub/tool.sh"); fs.symlinkSync("sub/tool.sh", "dist/link");';
    const made = await build({ ...command(script), command: ["node", "-e", script, "$HOME `id` *"] });
    expect(made).toEqual({ folder: output, start: ["node", "main.js"] });
    expect(read("main.js")).toBe("$HOME `id` *");
    expect(statSync(join(output, "sub/tool.sh")).mode & 0o111).not.toBe(0);
    expect(readdirSync(output).sort()).toEqual(["link", "main.js", "sub"]);
  });

  test("sees installed packages and a small environment, never the caller's variables", async () => {
    write(project, PACKAGES);
    vi.stubEnv("DATABASE_PASSWORD", "hunter22hunter22");
    const script =
      'const fs = require("fs"); require("old-style"); fs.mkdirSync("dist"); fs.writeFileSync("dist/env", Object.keys(process.env).sort().join())';
    try {
      await build(command(script));
    } finally {
      vi.unstubAllEnvs();
    }
    for (const name of read("env").split(","))
      expect(["CI", "HOME", "LANG", "PATH", "TMPDIR"]).toContain(name);
  });

  test("one file, or the whole checkout without the linked packages", async () => {
    write(project, PACKAGES);
    write(checkout, { "main.js": "1" });
    await build(command("", "main.js"));
    expect(readdirSync(output)).toEqual(["main.js"]);
    await build(command("", "."));
    expect(existsSync(join(output, "node_modules"))).toBe(false);
  });

  test.each<[string, string, string, RegExp, RegExp]>([
    [
      "its exit code",
      'console.error("no\\n".repeat(100)); process.exit(3)',
      "dist",
      /exit code 3/,
      /^(no\n?){30}$/,
    ],
    ["its signal", 'process.kill(process.pid, "SIGKILL")', "dist", /signal SIGKILL/, /printed nothing/],
    [
      "a place that it printed",
      'console.log("src/a.ts(4,7): error TS1"); process.exit(1)',
      "dist",
      /exit code 1/,
      /TS1/,
    ],
  ])("%s and last words are shown", async (_, script, where, what, why) => {
    const failure = code("BUILD_FAILED", {
      message: expect.stringMatching(what),
      why: expect.stringMatching(why),
    });
    await expect(build(command(script, where))).rejects.toEqual(failure);
  });

  test("the first place in its output is where it failed", async () => {
    const script = 'console.log("> build\\n\\nsrc/deep/a.ts(4,7): error TS1"); process.exit(1)';
    await expect(build(command(script))).rejects.toEqual(
      code("BUILD_FAILED", { where: "src/deep/a.ts:4:7" }),
    );
  });

  test.each([
    ["nothing written", "", "dist", "BUILD_ENTRY_MISSING"],
    ["an output outside", "", "..", "BUILD_ENTRY_MISSING"],
    [
      "an output that leads outside",
      'require("fs").symlinkSync("/etc", "dist")',
      "dist",
      "BUILD_ENTRY_MISSING",
    ],
  ])("%s is refused", async (_, script, where, name) => {
    await expect(build(command(script, where))).rejects.toEqual(code(name));
  });

  test("a program that is not there", async () => {
    const missing = { ...command(""), command: ["no-such-program-here"] };
    await expect(build(missing)).rejects.toEqual(
      code("BUILD_FAILED", { why: expect.stringContaining("no-such-program-here") }),
    );
  });
});
