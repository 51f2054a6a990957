/** Starts Node so that it loads nothing of the project but what was trusted. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TrustedFiles } from "./trusted-files.ts";

interface Refusal {
  readonly why: string;
  readonly fix: string;
}

const HOLD: keyof typeof import("./command-entry.ts") = "holdToTrusted";

/** The file of a process: in the source one beside this, in the package one beside the bundle. */
export function entryOf(name: "command-entry" | "module-entry"): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`./${name}.${ending}`, import.meta.url));
}

/** The variables without those that could make Node load what is not among the files. */
export function nodeVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  const { NODE_OPTIONS: _options, NODE_PATH: _path, ...others } = variables;
  return others;
}

/** A Node that is about to be started. */
interface HeldNode {
  /** To stand before all others. */
  readonly flags: readonly string[];
  /** The file that was refused, if one was. */
  refused(): Refusal | undefined;
  /** To be called once the process has ended. */
  end(): void;
}

/** Makes ready what holds Node to the files. */
export function holdNode({ folder, files }: TrustedFiles): HeldNode {
  const own = mkdtempSync(join(tmpdir(), "ringfence-held-"));
  const note = join(own, "refused");
  const preload = join(own, "hold.cjs");
  const given = [{ folder, files }, note].map((value) => JSON.stringify(value)).join(", ");
  writeFileSync(preload, `require(${JSON.stringify(entryOf("command-entry"))}).${HOLD}(${given});\n`);
  return {
    // Not `--import`: Node loads what `--require` names before that. Threads and forks get the flag as well.
    flags: ["--require", preload],
    refused: () => (existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : undefined),
    end: () => rmSync(own, { recursive: true, force: true }),
  };
}

/**
 * Runs what is given with the flags that hold Node to the files.
 *
 * @param run gets the flags, to stand before all others
 * @returns what `run` gave, and the file that was refused, if one was
 */
export function withHeldNode<T>(
  trusted: TrustedFiles,
  run: (flags: readonly string[]) => T,
): { ended: T; refused: Refusal | undefined } {
  const held = holdNode(trusted);
  try {
    return { ended: run(held.flags), refused: held.refused() };
  } finally {
    held.end();
  }
}
