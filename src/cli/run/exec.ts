/** Replaces this process by the command. Decides first whether that is sure to work: `execve` can't be caught. */
import { startableAs } from "./command.ts";

/**
 * Linux refuses a single string of 128 KiB, and all of them beyond a quarter of the stack limit, but never a total
 * below 128 KiB (execve(2)); macOS allows more. Below this no limit can be hit.
 */
const SAFE_BYTES = 120 * 1024;

/** What execve copies: each string with its NUL, and a pointer to it. */
function copiedBytes(strings: readonly string[]): number {
  return Buffer.byteLength(strings.join("")) + strings.length * (1 + 8);
}

export interface ExecPlan {
  readonly file: string;
  readonly argv: readonly string[];
}

/** How the command can surely replace this process; undefined when it must be tried as a child. */
export function planExec(
  file: string,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): ExecPlan | undefined {
  if (process.execve === undefined || process.platform === "win32") return undefined;
  const startable = startableAs(file);
  if (startable === "unsure" || command.some((word) => word.includes("\0"))) return undefined;
  // What execvp does with ENOEXEC.
  const plan =
    startable === "script"
      ? { file: "/bin/sh", argv: ["/bin/sh", file, ...command.slice(1)] }
      : { file, argv: command };
  // A bound that costs nearly nothing: a unit of UTF-16 has at most 3 bytes, and JSON's quotes and commas outweigh
  // what a string costs beside its bytes.
  if (3 * JSON.stringify([plan.argv, plan.file, variables]).length < SAFE_BYTES) return plan;
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return copiedBytes([...plan.argv, plan.file, ...pairs]) < SAFE_BYTES ? plan : undefined;
}

/** Never returns. */
export function replaceProcess(
  plan: ExecPlan,
  variables: Readonly<Record<string, string>>,
  beforeEnd: () => void,
): never {
  // Node ignores these two, and what is ignored stays so over execve; what is caught is reset to its default.
  process.on("SIGPIPE", () => {});
  process.on("SIGXFSZ", () => {});
  beforeEnd();
  return process.execve!(plan.file, plan.argv, variables);
}
