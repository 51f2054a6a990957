/** The programs of the system that keep a run to its conditions: looked for where only the machine's owner installs. */
import { isRingfenceError } from "../../base/error.ts";
import { resolveCommand } from "./command.ts";

/** Never PATH: a project can put folders of its own into that, and a program of the same name that keeps nothing. */
const SYSTEM_PATH = [
  ...["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
  "/run/current-system/sw/bin",
].join(":");

/**
 * The path of a program of the system; undefined where it is not installed.
 *
 * @param path folders, as in PATH.
 */
export function findSystemProgram(name: string, path = SYSTEM_PATH): string | undefined {
  try {
    return resolveCommand(name, path);
  } catch (error) {
    if (!isRingfenceError(error)) throw error;
    return undefined;
  }
}
