/**
 * The same run by tools that others make: installed from npm into a folder of their own, never into the project.
 * Where the registry can't be reached there are none.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretValues } from "./encrypted-project.ts";
import type { Side } from "./processes.ts";

const INSTALL = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"];
const PACKAGES = ["dotenv-cli", "@dotenvx/dotenvx", "varlock"];
/** None of them may ask its makers anything while it is measured. */
const QUIET = { DO_NOT_TRACK: "1", VARLOCK_TELEMETRY_DISABLED: "1" };

export interface OtherTools {
  readonly sides: readonly Side[];
  /** Why there are none; undefined when there are. */
  readonly missing: string | undefined;
  remove(): void;
}

function runIn(cwd: string, command: readonly string[]): void {
  const { status, stderr } = spawnSync(command[0]!, command.slice(1), { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr.trim().split("\n").at(-1)}`);
}

/** A folder with plain settings, as dotenv files, and for varlock as a schema. */
function writeSettings(folder: string, count: number): void {
  const text = Object.entries(secretValues(count))
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
  for (const name of [".env", ".env.encrypted", ".env.schema"]) writeFileSync(join(folder, name), text);
}

function version(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
}

/** What each tool does with as many settings: plain ones, and encrypted ones where it has them. */
function sidesOf(folder: string, count: number, command: readonly string[]): readonly Side[] {
  const cwd = realpathSync(mkdtempSync(join(folder, "settings-")));
  writeSettings(cwd, count);
  // As npm's own link starts it, without the shell.
  const tool = (name: string) => [process.execPath, join(folder, "node_modules", ".bin", name)];
  runIn(cwd, [...tool("dotenvx"), "encrypt", "--quiet", "-f", ".env.encrypted"]);
  const side = (name: string, words: readonly string[]): Side => ({
    name: `${name}, ${count} keys`,
    command: [...words, ...command],
    cwd,
    variables: QUIET,
  });
  const dotenvx = (file: string) => [...tool("dotenvx"), "run", "--quiet", "-f", file, "--"];
  return [
    side(`dotenv-cli ${version(folder, "dotenv-cli")}`, [...tool("dotenv"), "-e", ".env", "--"]),
    side(`dotenvx ${version(folder, "@dotenvx/dotenvx")}, plain`, dotenvx(".env")),
    side(`dotenvx ${version(folder, "@dotenvx/dotenvx")}, encrypted`, dotenvx(".env.encrypted")),
    side(`varlock ${version(folder, "varlock")}`, [...tool("varlock"), "run", "--"]),
  ];
}

/** @param command what each of them runs. */
export function installOtherTools(counts: readonly number[], command: readonly string[]): OtherTools {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-bench-tools-")));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    // Without the retries that would make a machine without a network wait for minutes.
    runIn(folder, [...INSTALL, "--fetch-retries=0", "--fetch-timeout=60000", ...PACKAGES]);
    return { sides: counts.flatMap((count) => sidesOf(folder, count, command)), missing: undefined, remove };
  } catch (error) {
    return { sides: [], missing: error instanceof Error ? error.message : String(error), remove };
  }
}
