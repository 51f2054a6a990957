/**
 * Finds the file that a command means, and tells how the operating system would start it. `process.execve` aborts
 * where `execvp` would answer with an error, so whatever is not surely right is left to a child process, whose
 * failure can be caught.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { systemCode } from "../../base/error.ts";
import { runErrors } from "./errors.ts";

/** As execvp(3) where PATH is not set. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

function kindOf(path: string): "missing" | "executable" | "not executable" {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return "missing";
    if (!found.isFile()) return "not executable";
    accessSync(path, constants.X_OK);
    return "executable";
  } catch (error) {
    // EACCES and others: something may be there, but not for us.
    return systemCode(error) === "ENAMETOOLONG" ? "missing" : "not executable";
  }
}

function notFound(name: string, why: string, fix: string): Error {
  return runErrors.RUN_COMMAND_NOT_FOUND({ what: `${name}: command not found`, where: name, why, fix });
}

function notExecutable(name: string, path: string): Error {
  return runErrors.RUN_COMMAND_NOT_EXECUTABLE({
    what: `${name}: cannot be executed`,
    where: path,
    why: "it is a folder, or has no permission to be executed",
    fix: `chmod +x '${path}'`,
  });
}

/**
 * The path of the file to execute, found as execvp(3) does.
 *
 * @throws RUN_COMMAND_NOT_FOUND, RUN_COMMAND_NOT_EXECUTABLE
 */
export function resolveCommand(name: string, path: string | undefined): string {
  if (name.includes("/")) {
    const kind = kindOf(name);
    if (kind === "executable") return name;
    if (kind === "missing") throw notFound(name, "there is no such file", `ls -l '${name}'`);
    throw notExecutable(name, name);
  }
  let refused: string | undefined;
  for (const folder of name === "" ? [] : (path ?? DEFAULT_PATH).split(":")) {
    // A bare name would be searched again by whoever executes it: an empty folder is the working folder.
    const candidate = `${folder || "."}/${name}`;
    const kind = kindOf(candidate);
    if (kind === "executable") return candidate;
    // As execvp: go on, and say that it was there when nothing better comes. A folder of that name is nothing.
    if (kind === "not executable" && !isFolder(candidate)) refused ??= candidate;
  }
  if (refused) throw notExecutable(name, refused);
  throw notFound(name, "no folder of PATH holds it", `command -v '${name}'; echo "$PATH"`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `exec`: surely well-formed. `script`: text without `#!`, which execvp gives to /bin/sh. `unsure`: only trying tells. */
export type Startable = "exec" | "script" | "unsure";

function readHead(path: string): Buffer | undefined {
  try {
    const handle = openSync(path, "r");
    try {
      const head = Buffer.alloc(4_096);
      return head.subarray(0, readSync(handle, head, 0, head.length, 0));
    } finally {
      closeSync(handle);
    }
  } catch {
    // Executable without being readable.
    return undefined;
  }
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
/** e_machine of the processors for which nothing has to be tried (elf(5)). */
const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183 };
const PT_INTERP = 3;

/** The loader that an ELF file for this processor names (elf(5)); empty for a static one, undefined when unsure. */
function loaderOf(head: Buffer): string | undefined {
  if (head.length < 64 || head[4] !== 2 || head[5] !== 1) return undefined;
  if (head.readUInt16LE(0x12) !== MACHINES[process.arch]) return undefined;
  const table = Number(head.readBigUInt64LE(0x20));
  const size = head.readUInt16LE(0x36);
  const count = head.readUInt16LE(0x38);
  if (size !== 56 || count === 0 || table + size * count > head.length) return undefined;
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (head.readUInt32LE(at) !== PT_INTERP) continue;
    const from = Number(head.readBigUInt64LE(at + 8));
    const to = from + Number(head.readBigUInt64LE(at + 32));
    return to <= head.length ? head.toString("utf8", from, to - 1) : undefined;
  }
  return "";
}

/** At most as many interpreters that are scripts themselves as Linux follows. */
const DEEPEST_SCRIPT = 4;

/** How a file that {@link resolveCommand} found would start. */
export function startableAs(path: string, depth = 0): Startable {
  const head = readHead(path);
  if (!head || head.length === 0) return head ? "script" : "unsure";
  if (head.subarray(0, 4).equals(ELF)) {
    const loader = loaderOf(head);
    return loader === "" || (loader && kindOf(loader) === "executable") ? "exec" : "unsure";
  }
  if (head[0] === 0x23 && head[1] === 0x21) {
    const end = head.indexOf(10);
    const interpreter = /^[ \t]*([^ \t]+)/.exec(head.toString("utf8", 2, end < 0 ? head.length : end))?.[1];
    // Linux cuts the line at 255 bytes; longer ones are left to it.
    if (!interpreter || end > 255 || depth >= DEEPEST_SCRIPT || kindOf(interpreter) !== "executable")
      return "unsure";
    return startableAs(interpreter, depth + 1) === "exec" ? "exec" : "unsure";
  }
  return head.includes(0) ? "unsure" : "script";
}
