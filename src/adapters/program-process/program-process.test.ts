import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { digestOfBytes } from "../../base/digest.ts";
import { openProgramRunner } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-program-"));
const { PATH = "" } = process.env;
const runner = openProgramRunner();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return { path, digest: digestOfBytes(text) };
}

function command(
  words: readonly string[],
  variables = {},
  limits = {},
  files: readonly ReturnType<typeof write>[] = [],
) {
  const call = { kind: "command" as const, words, folder, files, variables: { PATH, ...variables } };
  return openProgramRunner(limits).run(call);
}

let count = 0;

/** The answer for a module of that text, and of other files that are trusted with it. */
function module(text: string, others: readonly ReturnType<typeof write>[] = [], variables = {}) {
  const own = write(`module-${count++}.ts`, text);
  return runner.run({
    kind: "module",
    path: own.path,
    environment: "development",
    folder,
    variables: { PATH, ...variables },
    files: [own, ...others],
  });
}

describe("a command", () => {
  test("answers what it prints; it is no shell, has no input and only the given variables", () => {
    const script =
      "process.stdout.write(JSON.stringify([process.argv[1], fs.readFileSync(0, 'utf8'), process.env.A]))";
    const answer = command(["node", "--eval", `const fs = require("fs"); ${script}`, "$HOME;x"], { A: "1" });
    expect(answer).toEqual({ ok: true, text: '["$HOME;x","","1"]' });
  });

  test.each<[string, string[], object, RegExp]>([
    ["an exit code", ["sh", "-c", "echo s3cret >&2; echo {}; exit 3"], {}, /exit code 3; the 1 lines/],
    ["a signal", ["sh", "-c", "kill -9 $$"], {}, /SIGKILL/],
    ["no end", ["sleep", "60"], { timeMs: 200 }, /within 0.2 s/],
    ["no end to its output", ["yes"], { outputBytes: 1024 * 1024 }, /more than 1 MiB/],
    ["no such program", ["no-such-program-here"], {}, /no program no-such-program-here/],
    ["no right to start it", ["./plain.txt"], {}, /EACCES/],
    ["no text", ["printf", "\\377"], {}, /UTF-8/],
  ])("%s is an answer, without its words", (_name, words, limits, why) => {
    write("plain.txt", "x");
    const answer = command(words, {}, limits);
    expect(answer).toEqual({ ok: false, why: expect.stringMatching(why) });
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });
});

describe("a module's value", () => {
  test.each<[string, string, unknown]>([
    [
      "an object",
      "export default { a: 1, b: { c: [true, null, 'x'] } }",
      { a: 1, b: { c: [true, null, "x"] } },
    ],
    ["a function of the environment", "export default (env: string) => ({ env })", { env: "development" }],
    ["an async function", "export default async () => ({ a: await Promise.resolve(1) })", { a: 1 }],
    ["a promise", "export default Promise.resolve({ a: 1 })", { a: 1 }],
    [
      "a class, with what it inherits, its getters and without its methods",
      `class Base { debug = false; retries = 3; #hidden = 1; get poolSize() { return this.retries * 2 } }
       export default class Config extends Base { debug = true; env: string; load() {}
         constructor(env: string) { super(); this.env = env } static ignored = 1 }`,
      { debug: true, retries: 3, env: "development", poolSize: 6 },
    ],
    ["CommonJS", "module.exports = { a: 1 }", { a: 1 }],
    [
      "what JSON has no form for",
      `export default { date: new Date(0), url: new URL("https://a.test/x"), big: 12345678901234567890n,
        map: new Map([["k", 1]]), set: new Set([1, 2]), left: undefined, out: () => {}, list: [undefined, 1] }`,
      {
        date: "1970-01-01T00:00:00.000Z",
        url: "https://a.test/x",
        big: "12345678901234567890",
        map: { k: 1 },
        set: [1, 2],
        list: [null, 1],
      },
    ],
    ["one that also prints", "console.log('noise'); export default { a: 1 }", { a: 1 }],
    ["one that leaves something running", "setInterval(() => {}, 1000); export default { a: 1 }", { a: 1 }],
    ["the same object twice", "const x = { a: 1 }; export default { x, y: x }", { x: { a: 1 }, y: { a: 1 } }],
    ["a large one", "export default { text: 'x'.repeat(3_000_000) }", { text: "x".repeat(3_000_000) }],
  ])("%s", (_name, text, expected) => {
    const answer = module(text);
    expect(answer.ok ? JSON.parse(answer.text) : answer).toEqual(expected);
  });

  test.each<[string, string, RegExp]>([
    ["nothing", "export const a = 1", /no default export/],
    ["NaN", "export default { a: { b: Number.NaN } }", /^a\.b is NaN/],
    ["a date that is none", "export default { at: new Date('x') }", /^at is a date/],
    [
      "a circle",
      "const x: { self?: unknown } = {}; x.self = x; export default { x }",
      /^x\.self holds itself/,
    ],
    [
      "an error",
      "\nconst f = () => { throw new TypeError('s3cret') };\nexport default f",
      /TypeError at module-\d+\.ts:2/,
    ],
    ["an error with a code", 'import "./not-there.ts";', /ERR_MODULE_NOT_FOUND/],
    ["a mistake in its text", "export default {", /SyntaxError/],
    ["what is no error", "throw 's3cret'", /no error/],
    ["an early end", "process.exit(0)", /before it gave a value/],
    ["an end with a code", "process.exit(4)", /exit code 4/],
    ["a promise that never settles", "export default new Promise(() => {})", /exit code 13/],
  ])("%s is an answer, without its words", (_name, text, why) => {
    const answer = module(text);
    expect(answer).toEqual({ ok: false, why: expect.stringMatching(why) });
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });
});

describe("a module loads only what was trusted", () => {
  const value = write("lib/value.ts", "export const value: number = 1;\n");
  const plain = write("lib/plain.cjs", "module.exports = { value: 1 };\n");
  write("node_modules/installed/package.json", '{ "name": "installed", "main": "index.js" }');
  write("node_modules/installed/index.js", "module.exports = { value: 1 };\n");

  test.each<[string, string, ReturnType<typeof write>[]]>([
    ["a file by its path", 'export { value as default } from "./lib/value.ts"; ', [value]],
    ["a required file", 'export default require("./lib/plain.cjs").value', [plain]],
    ["an installed package", 'import installed from "installed"; export default installed.value', []],
  ])("%s", (_name, text, files) => {
    expect(
      module(
        text.replace("require", "process.getBuiltinModule('module').createRequire(import.meta.url)"),
        files,
      ),
    ).toEqual({ ok: true, text: "1" });
  });

  test.each<[string, string, ReturnType<typeof write>[]]>([
    ["a file whose name is put together", `export default (await import("./lib/" + "value.ts")).value`, []],
    [
      "a required one",
      `export default process.getBuiltinModule('module').createRequire(import.meta.url)("./lib/" + "plain.cjs")`,
      [],
    ],
    [
      "one that has changed since",
      'export { value as default } from "./lib/value.ts"',
      [{ ...value, digest: plain.digest }],
    ],
  ])("%s is refused", (_name, text, files) => {
    expect(module(text, files)).toEqual({
      ok: false,
      why: expect.stringMatching(/^it loads lib\/\w+\.c?[jt]s, which /),
      fix: expect.stringMatching(/^ringfence trust /),
    });
  });

  test("and nothing that NODE_OPTIONS names", () => {
    const marker = join(folder, "marker");
    write("inject.cjs", `require("fs").writeFileSync(${JSON.stringify(marker)}, "")`);
    expect(module("export default 1", [], { NODE_OPTIONS: `--require=${folder}/inject.cjs` }).ok).toBe(true);
    expect(command(["test", "-e", marker]).ok).toBe(false);
  });
});

describe("node_modules", () => {
  const inside = write("cfg/node_modules/ev/index.js", "module.exports = 1;\n");
  write("node_modules/outer/index.js", "module.exports = require('inner');\n");
  write("node_modules/outer/node_modules/inner/index.js", "module.exports = 1;\n");
  const names = (name: string) =>
    `export default process.getBuiltinModule("module").createRequire(import.meta.url)("${name}")`;

  test.each<[string, string, ReturnType<typeof write>[], boolean]>([
    ["of a package that is installed", "outer", [], true],
    ["further inside the project, not trusted", "./cfg/node_modules/ev", [], false],
    ["further inside the project, trusted", "./cfg/node_modules/ev", [inside], true],
  ])("%s", (_name, name, files, ok) => {
    expect(module(names(name), files).ok).toBe(ok);
  });

  test("as a link to another folder of the project does not count", () => {
    const root = mkdtempSync(join(tmpdir(), "ringfence-program-"));
    try {
      mkdirSync(join(root, "vendor/ev"), { recursive: true });
      writeFileSync(join(root, "vendor/ev/index.js"), "console.log(1)");
      symlinkSync("vendor", join(root, "node_modules"));
      const words = ["node", "-e", "require('ev')"];
      const answer = runner.run({ kind: "command", words, folder: root, files: [], variables: { PATH } });
      expect(answer).toEqual({
        ok: false,
        why: expect.stringContaining("vendor/ev/index.js"),
        fix: expect.any(String),
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe("a command's node loads only what was trusted", () => {
  const real = write("held/cfg/c.cjs", "process.stdout.write('1');\n");
  const own = write(
    "held/package.json",
    '{ "name": "own", "imports": { "#real": "./cfg/c.cjs" }, "exports": { "./c": "./cfg/c.cjs" } }',
  );
  const pack = write("held/lib/package.json", '{ "main": "../cfg/c.cjs" }');
  write("node_modules/printing/index.js", "process.stdout.write('1');\n");

  const scripts: [string, string, string[]][] = [
    ["an import of package.json", 'import "#real";', []],
    ["its own name", 'import "own/c";', []],
    ["a name that is put together", 'await import("./cfg/" + "c.cjs");', []],
    [
      "a required file",
      'process.getBuiltinModule("module").createRequire(import.meta.url)("./cfg/c.cjs");',
      [],
    ],
    [
      "a thread",
      'import { Worker } from "node:worker_threads"; new Worker(new URL("./cfg/c.cjs", import.meta.url));',
      [],
    ],
    [
      "a fork",
      'import { fork } from "node:child_process"; fork("held/cfg/c.cjs").on("exit", (code) => process.exit(code));',
      [],
    ],
    ["a flag before it", "", ["--require", "./held/cfg/c.cjs"]],
    ["a flag for modules", "", ["--import", "./held/cfg/c.cjs"]],
  ];

  test.each(scripts)("%s", (_name, text, flags) => {
    const script = write("held/a.mjs", text);
    const words = ["node", ...flags, script.path];
    expect(command(words, {}, {}, [script, own, real])).toEqual({ ok: true, text: "1" });
    for (const files of [
      [script, own],
      [script, own, { ...real, digest: own.digest }],
    ]) {
      expect(command(words, {}, {}, files)).toEqual({
        ok: false,
        why: expect.stringMatching(/^it loads held\/cfg\/c\.cjs, which /),
        fix: expect.stringMatching(/^ringfence trust {3}# after /),
      });
    }
  });

  test("a folder's main file", () => {
    expect(command(["node", "held/lib"], {}, {}, [pack, real]).ok).toBe(true);
    expect(command([process.execPath, "held/lib"], {}, {}, [pack]).ok).toBe(false);
  });

  test("an add-on", () => {
    const addOn = write("held/x.node", "none");
    const words = ["node", "-e", "try { require('./held/x.node') } catch {}"];
    expect(command(words, {}, {}, [addOn]).ok).toBe(true);
    expect(command(words)).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^it loads held\/x\.node, /),
    });
  });

  test("a refusal that the script catches counts", () => {
    const script = write("held/a.mjs", 'await import("./cfg/c.cjs").catch(() => console.log("{}"));');
    expect(command(["node", script.path], {}, {}, [script]).ok).toBe(false);
  });

  test("installed packages, and a script from elsewhere with its own files, but none of the project", () => {
    expect(command(["node", "-e", "require('printing')"])).toEqual({ ok: true, text: "1" });
    const elsewhere = mkdtempSync(join(tmpdir(), "ringfence-program-"));
    try {
      writeFileSync(join(elsewhere, "b.cjs"), "process.stdout.write('1')");
      writeFileSync(
        join(elsewhere, "a.cjs"),
        "require('./b.cjs'); process.argv[2] && require(process.argv[2])",
      );
      const tool = ["node", join(elsewhere, "a.cjs")];
      expect(command(tool)).toEqual({ ok: true, text: "1" });
      expect(command([...tool, join(folder, real.path)]).ok).toBe(false);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
