/**
 * Real pipes for a child's output. What Node calls a pipe is a pair of sockets: a child can't open `/dev/stdout` then,
 * and gets a reset connection instead of SIGPIPE. Node can't make pipes, so these are FIFOs that lose their names
 * as soon as they are open.
 */
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSystemProgram } from "./system-program.ts";

export interface Pipe {
  /** The handle to read from; whoever reads it closes it. */
  readonly output: number;
  /** The handle to give to the child; close it here once the child has it. */
  readonly input: number;
}

function openPipe(path: string): Pipe {
  // Opening one end waits for the other; opening both at once does not (fifo(7)).
  const both = openSync(path, constants.O_RDWR);
  try {
    const output = openSync(path, constants.O_RDONLY);
    const input = openSync(path, constants.O_WRONLY);
    return { output, input };
  } finally {
    closeSync(both);
  }
}

/** Two pipes; undefined where there are none to be had (Windows, no `mkfifo`, no room for temporary files). */
export function createPipes(): readonly [Pipe, Pipe] | undefined {
  if (process.platform === "win32") return undefined;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "ringfence-"));
    const [first, second] = [join(folder, "1"), join(folder, "2")];
    const program = findSystemProgram("mkfifo");
    if (program === undefined) return undefined;
    const made = spawnSync(program, ["-m", "600", first, second], { stdio: "ignore", env: {} });
    return made.status === 0 ? [openPipe(first), openPipe(second)] : undefined;
  } catch {
    return undefined;
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}
