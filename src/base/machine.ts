/**
 * This machine's name, its user and its processes. Linux tells of them in files: reading those costs a run less than
 * loading `node:os`, which is asked only where they do not tell.
 */
import { readFileSync } from "node:fs";

function textOf(path: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, or not for us.
    return undefined;
  }
}

let host: string | undefined;

/** As `os.hostname()` when it was first asked. */
export function hostName(): string {
  host ??= textOf("/proc/sys/kernel/hostname")?.trimEnd() || process.getBuiltinModule("node:os").hostname();
  return host;
}

/** What stands before `:x:<uid>:` in a line of passwd(5). */
function nameIn(passwd: string, uid: number): string | undefined {
  const at = passwd.indexOf(`:x:${uid}:`);
  const name = passwd.slice(passwd.lastIndexOf("\n", at) + 1, Math.max(at, 0));
  // Otherwise that stands elsewhere in the line.
  return name === "" || name.includes(":") ? undefined : name;
}

/** The operating system's name of the user that this process runs as. @throws the system's error when it has none. */
export function userName(): string {
  const passwd = textOf("/etc/passwd");
  const name = passwd && process.geteuid && nameIn(passwd, process.geteuid());
  return name || process.getBuiltinModule("node:os").userInfo().username;
}

/**
 * When a process started, in ticks since the machine did: ids are given again. Undefined where it is not there, or
 * nothing tells.
 */
export function processStart(pid: number | "self"): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  // Field 22, counted behind the command's name, which may hold spaces (proc_pid_stat(5)).
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
