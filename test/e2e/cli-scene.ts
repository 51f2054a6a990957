/** A small project in a temporary folder, and the built command line run in it as a real process. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runGit } from "../git.ts";

/** The built command line. */
export const ENTRY = fileURLToPath(new URL("../../dist/ringfence.cjs", import.meta.url));

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The error of `--json` on standard error; undefined when there is none. */
  readonly error: { code: string; what: string; where?: string; why?: string; fix?: string } | undefined;
}

export interface CliScene {
  readonly root: string;
  readonly home: string;
  run(
    words: readonly string[],
    options?: { input?: string; variables?: Record<string, string>; cwd?: string },
  ): Ran;
  /** The same; throws unless it exits with 0. */
  must(words: readonly string[], input?: string): Ran;
  write(path: string, text: string): void;
  writeBytes(path: string, bytes: Uint8Array): void;
  read(path: string): string;
  git(...words: string[]): void;
  /** Digest of every file of the project but its state and git's. */
  fingerprint(): string;
  /** Keeps the project and the home as they are; what it returns puts them back, which costs no process of ours. */
  keep(): () => void;
  remove(): void;
}

function errorOf(stderr: string): Ran["error"] {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line).error;
  } catch {
    return undefined;
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if ([".git", ".ringfence"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Copies folders, with modes and times; what it returns puts them back. */
function keepFolders(folders: readonly string[], kept: string): () => void {
  const copies = folders.map((folder, at) => [folder, join(kept, String(at))] as const);
  for (const [folder, copy] of copies) execFileSync("cp", ["-a", folder, copy]);
  return () => {
    for (const [folder, copy] of copies) {
      rmSync(folder, { recursive: true, force: true });
      execFileSync("cp", ["-a", copy, folder]);
    }
  };
}

export function openCliScene(manifest: string): CliScene {
  const root = mkdtempSync(join(tmpdir(), "ringfence-cli-"));
  // Outside of the project: what lies in it could be the project's own word.
  const home = mkdtempSync(join(tmpdir(), "ringfence-home-"));
  const copiesOfScene: string[] = [];
  const run: CliScene["run"] = (words, { input = "", variables = {}, cwd = root } = {}) => {
    const { PATH = "" } = process.env;
    const env = { PATH, HOME: root, RINGFENCE_HOME: home, ...variables };
    const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...words], {
      cwd,
      env,
      input,
      encoding: "utf8",
    });
    return { exit: status, stdout, stderr, error: errorOf(stderr) };
  };
  const write = (path: string, text: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("ringfence.yaml", manifest);
  return {
    root,
    home,
    run,
    write,
    writeBytes: write,
    must(words, input) {
      const ran = run(words, input === undefined ? {} : { input });
      if (ran.exit !== 0)
        throw new Error(`ringfence ${words.join(" ")}: ${ran.exit}\n${ran.stdout}${ran.stderr}`);
      return ran;
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    git: (...words) => runGit(root, ...words),
    fingerprint() {
      const hash = createHash("sha256");
      for (const path of filesBelow(root).sort())
        hash.update(`${path} ${statSync(path).mode}`).update(readFileSync(path));
      return hash.digest("hex");
    },
    keep() {
      const kept = mkdtempSync(join(tmpdir(), "ringfence-kept-"));
      copiesOfScene.push(kept);
      return keepFolders([root, home], kept);
    },
    remove() {
      for (const folder of [root, home, ...copiesOfScene]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
