/** Holds the scripts against a small project of stand-ins in a temporary folder. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { licenceText } from "../scripts/licences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const standIns = {
  "src/app/host.ts": "/** Host. */",
  "src/app/run.ts": "/** Run. */",
  "src/app/release/create.ts": `/** Create. */ import * as z from "zod";
    const input = z.object({ version: z.string().describe("a | b"), fast: z.boolean().optional() });
    export const operation = { name: "release create", summary: "Makes a release.", scope: "project", input };`,
  "src/app/release/number.ts": "/** A part of a command, and none itself. */ export const next = 1;",
  "src/app/release/create.test.ts": "",
  "src/app/audit/log.ts": `/** Log. */ import * as z from "zod";
    if (process.argv[1].endsWith("ringfence.cjs")) console.log("a command that was not called is loaded");
    const input = z.object({ count: z.number().meta({ position: 0 }) });
    export const query = { name: "audit log", summary: "Shows the record.", scope: "project", input };`,
  "src/config/errors.ts": `/** Errors. */ import { EXIT, errorCatalogue } from "../base/error.ts";
    export const configErrors = errorCatalogue({
      CONFIG_B: { summary: "B happens.", exit: EXIT.findings, http: 422 },
      CONFIG_A: { summary: "A happens.", exit: EXIT.locked, http: 409, retryable: true } });`,
  "src/model/manifest.ts": `/** Manifest. */ export const manifestJsonSchema = () => ({ type: "object" });`,
  "src/cli/ringfence.cjs": readFileSync(join(root, "src/cli/ringfence.cjs"), "utf8"),
  "src/cli/main.ts": `/** Main. */ import { writeSync } from "node:fs"; import { RINGFENCE_VERSION } from "../base/version.generated.ts";
    export function start(argv) {
      if (argv[0] === "--version") writeSync(1, RINGFENCE_VERSION + "\\n");
      else require("./cli.cjs").main();
    }`,
  "src/cli/attended.ts": `/** Attended. */ export function start() {}`,
  "src/cli/dispatch.ts": `/** Dispatch. */ import { Command } from "commander"; import { parse } from "yaml";
    import { catalogue } from "../app/catalogue.generated.ts";
    export async function main() {
      const words = new Command().argument("[words...]").parse().args.join(" ");
      const { operation } = await catalogue.find(({ name }) => name === words).load();
      console.log(parse("name: yes").name, /^[—😀]{2}$/u.test("—😀") && /^\\—\\\\—$/.test("—\\\\—"), operation.summary, typeof operation.input.parse);
    }`,
  "src/index.ts": `/** Index. */ export type { Digest } from "./base/digest.ts"; export const surface = 1;`,
  "src/settings/index.ts": `/** Settings. */ export const settings = 1;`,
  "src/adapters/target-process/supervisor.ts": `/** Supervisor. */ console.log("supervisor");`,
  "src/adapters/target-process/router.ts": `/** Router. */ console.log("router");`,
  "src/adapters/program-process/command-entry.ts": `/** Command. */ console.log("command");`,
  "src/adapters/program-process/module-entry.ts": `/** Module. */ console.log("module");`,
  "docs/manifest.md": "# Manifest\n\n| key | what | local |\n\nThe end.\n",
};

let folder: string;

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function node(...args: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
}

const read = (path: string) => readFileSync(join(folder, path), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-scripts-"));
  for (const path of [
    "scripts",
    "src/base",
    "src/app/catalogue.ts",
    "src/app/describe.ts",
    "src/model/kind.ts",
    "src/model/policy.ts",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  rmSync(join(folder, "src/base/version.generated.ts"), { force: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  for (const [path, text] of Object.entries(standIns)) put(path, text);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("generate", () => {
  test("writes the catalogue, the pages and the version, and then finds nothing to do", () => {
    expect(node("scripts/generate.ts")).toMatchObject({ status: 0, stderr: "" });
    expect(read("src/base/version.generated.ts")).toContain(
      `RINGFENCE_VERSION = "${JSON.parse(read("package.json")).version}"`,
    );
    const catalogue = read("src/app/catalogue.generated.ts");
    expect(catalogue).toMatch(
      /"audit log"[\s\S]*import\("\.\/audit\/log\.ts"\)[\s\S]*"release create"[\s\S]*import\("\.\/release\/create\.ts"\)/,
    );
    expect(catalogue).not.toMatch(/create\.test|number/);
    expect(read("docs/commands.md")).toContain("ringfence release create --version TEXT\n");
    expect(read("docs/commands.md")).toContain("| `--version TEXT` | a \\| b |");
    expect(read("docs/errors.md")).toMatch(
      /## config\n[\s\S]*\| `CONFIG_A` \| A happens\. \| 11 \| 409 \| yes \|\n\| `CONFIG_B` \| B happens\. \| 3 \| 422 \| no \|\n/,
    );
    expect(read("docs/manifest.md")).toMatch(
      /\n\| `debug` \| .* \| yes \| yes \| yes \| no \| no \| no \|\n/,
    );
    expect(node("scripts/generate.ts")).toMatchObject({ status: 0, stdout: "" });
    expect(node("scripts/generate.ts", "--check")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("--check names each stale or missing file and writes nothing", () => {
    node("scripts/generate.ts");
    put("docs/errors.md", "old");
    rmSync(join(folder, "docs/commands.md"));
    const { status, stderr } = node("scripts/generate.ts", "--check");
    expect(status).toBe(1);
    expect(stderr.split("\n")).toEqual([
      "docs/commands.md is missing; fix: npm run generate",
      "docs/errors.md is stale; fix: npm run generate",
      "",
    ]);
    expect(read("docs/errors.md")).toBe("old");
    expect(existsSync(join(folder, "docs/commands.md"))).toBe(false);
  });

  test.each([
    ["two definitions", "export const operation = {}, query = {};", "must export one definition only"],
    ["a name that is taken", 'export { query } from "../audit/log.ts";', '"audit log" is taken'],
  ])("refuses a module with %s", (_name, text, why) => {
    put("src/app/release/show.ts", text);
    const { status, stderr } = node("scripts/generate.ts");
    expect(status).toBe(1);
    expect(stderr).toContain(why);
  });
});

describe("build", () => {
  beforeEach(() => void node("scripts/generate.ts"));

  test("the bundle runs without node_modules", () => {
    put("dist/left-over.js", "");
    expect(node("scripts/build.ts")).toMatchObject({ status: 0, stderr: "" });
    rmSync(join(folder, "node_modules"));
    expect(existsSync(join(folder, "dist/left-over.js"))).toBe(false);
    expect(statSync(join(folder, "dist/ringfence.cjs")).mode & 0o777).toBe(0o755);
    expect(node("dist/ringfence.cjs", "--version").stdout).toBe(
      `${JSON.parse(read("package.json")).version}\n`,
    );
    expect(node("dist/ringfence.cjs", "release", "create").stdout).toBe(
      "yes true Makes a release. function\n",
    );
    expect(node("dist/supervisor.js").stdout).toBe("supervisor\n");
    expect(node("dist/ringfence.cjs", "audit", "log").stdout).toContain("that was not called is loaded");
    expect(JSON.parse(read("dist/ringfence.schema.json"))).toEqual({ type: "object" });
    const licences = read("dist/THIRD-PARTY-LICENSES.txt");
    for (const name of ["commander", "yaml", "zod"])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
  });

  test("--types writes the declarations that the package exports", () => {
    expect(node("scripts/build.ts", "--types")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(read("dist/types/index.d.ts")).toContain("Digest");
    expect(existsSync(join(folder, "dist/types/base/digest.d.ts"))).toBe(true);
    expect(existsSync(join(folder, "dist/types/settings/index.d.ts"))).toBe(true);
  });

  test.each([
    ["a package on the hot path", "src/cli/main.ts", 'import "commander";', "the hot path loads no package"],
    ["a package that is not there", "src/index.ts", 'import "no-such-package";', "Could not resolve"],
    ["require inside ESM", "src/index.ts", 'import "./old.cjs";', 'calls require("fs")'],
  ])("refuses %s", (_name, path, text, why) => {
    put("src/old.cjs", 'exports.fs = require("fs");');
    put(path, text);
    const { status, stderr } = node("scripts/build.ts");
    expect(status).toBe(1);
    expect(stderr).toContain(why);
  });
});

test("a package without its licence's text can't be bundled", () => {
  put("node-package/package.json", '{"name":"bare","version":"1.0.0","license":"MIT"}');
  expect(() => licenceText(folder, ["node-package"])).toThrow("bare 1.0.0 has no licence file");
});
