/** Packs the project as npm would publish it, installs the tarball without a network, and uses it. */
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-package-")));
const copy = join(scratch, "copy");
const installed = join(scratch, "app/node_modules/ringfence");
const entry = join(installed, "dist/ringfence.cjs");
const OLDEST = [24, 15];

interface Manifest {
  readonly version: string;
  readonly type: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: unknown;
}

function run(command: string, args: readonly string[], cwd: string) {
  return spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32" && command === "npm",
  });
}

function must(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = run(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? stderr}`);
  return stdout;
}

const readManifest = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Manifest;

/** Every `node` of the machine that is older than the one we need, by its real path. */
function olderNodes(): string[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  const nodes = folders
    .filter((folder) => folder !== "" && !folder.includes(`node_modules${sep}.bin`))
    .map((folder) => join(folder, process.platform === "win32" ? "node.exe" : "node"))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  return [...new Set(nodes)].filter((path) => {
    const [major, minor] = must(path, ["-p", "process.versions.node"], scratch).split(".").map(Number);
    return major! < OLDEST[0]! || (major === OLDEST[0] && minor! < OLDEST[1]!);
  });
}

// Packing builds into `dist/` first, which other suites are using: it happens in a copy.
beforeAll(() => {
  const left = new Set(
    ["node_modules", "dist", ".git", ".demo", ".ringfence"].map((name) => join(root, name)),
  );
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(path) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  must("npm", ["pack", "--pack-destination", scratch], copy);
  const [tarball] = globSync("ringfence-*.tgz", { cwd: scratch });
  mkdirSync(installed, { recursive: true });
  must("tar", ["-xzf", join(scratch, tarball!), "-C", installed, "--strip-components=1"], scratch);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the installed package", () => {
  test("--version prints the version and nothing else", () => {
    const { version } = readManifest();
    expect(run(process.execPath, [entry, "--version"], scratch)).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
  });

  test("--help names the commands", () => {
    const { status, stdout, stderr } = run(process.execPath, [entry, "--help"], scratch);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const word of ["run", "which", "promote", "--environment", "--json"]) expect(stdout).toContain(word);
  });

  test("is executable as npm links it", () => {
    for (const path of Object.values(readManifest().bin)) accessSync(join(installed, path), constants.X_OK);
  });

  test("has every file that it exports, and no run-time dependency", () => {
    const { exports, dependencies, optionalDependencies } = readManifest();
    expect({ dependencies, optionalDependencies }).toEqual({});
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    expect(targets.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });

  test.each(["ringfence", "ringfence/settings"])("%s can be imported, and its types check", (name) => {
    const app = join(scratch, "app");
    must(process.execPath, ["--input-type=module", "-e", `await import("${name}")`], app);
    symlinkSync(join(root, "node_modules/@types"), join(app, "node_modules/@types"), "junction");
    symlinkSync(join(root, "node_modules/undici-types"), join(app, "node_modules/undici-types"), "junction");
    try {
      writeFileSync(
        join(app, "app.mts"),
        `import * as all from "${name}"; export const keys = Object.keys(all);`,
      );
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
      expect(run(process.execPath, [tsc, ...flags, "app.mts"], app).stdout).toBe("");
    } finally {
      for (const link of ["@types", "undici-types"])
        rmSync(join(app, "node_modules", link), { recursive: true });
    }
  });
});

describe("what the tarball holds", () => {
  const files = () =>
    globSync("**/*", { cwd: installed }).filter((path) => statSync(join(installed, path)).isFile());

  test("the build, the pages and the licences, no source and no test", () => {
    const names = files().map((path) => path.replaceAll("\\", "/"));
    const required = [
      "LICENSE",
      "README.md",
      "package.json",
      "dist/THIRD-PARTY-LICENSES.txt",
      "docs/errors.md",
    ];
    expect(names).toEqual(expect.arrayContaining(required));
    expect(
      names.filter((name) => /^(?!dist\/|docs\/|LICENSE$|README\.md$|package\.json$)/.test(name)),
    ).toEqual([]);
    expect(names.filter((name) => /(?:^|\/)(?:src|test)\/|\.test\.|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test("no path of this machine and no address of its registry", () => {
    const registry = new URL(must("npm", ["config", "get", "registry"], copy).trim()).host;
    const places = [root.replace(/[\\/]$/, ""), realpathSync(join(root, "node_modules")), scratch, registry];
    const named = files().flatMap((path) => {
      const text = readFileSync(join(installed, path), "utf8");
      return places.filter((place) => text.includes(place)).map((place) => `${path} names ${place}`);
    });
    expect(named).toEqual([]);
  });
});

describe("on a Node that is too old", () => {
  const pretend = join(scratch, "pretend.cjs");
  writeFileSync(
    pretend,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.19.1" } });
     Object.defineProperty(process, "version", { value: "v18.19.1" });`,
  );
  const nodes: [name: string, node: string, args: string[]][] = [
    ["this Node pretending to be 18", process.execPath, ["--require", pretend]],
    ...olderNodes().map((path): [string, string, string[]] => [path, path, []]),
  ];

  test.each(nodes)("%s: one clear line, exit 2", (_name, node, args) => {
    for (const command of [["--version"], ["run", "-e", "production", "--", "node"]]) {
      const { status, stdout, stderr } = run(node, [...args, entry, ...command], scratch);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^[^\n]*Node[^\n]*24\.15[^\n]*\n$/);
    }
  });
});
