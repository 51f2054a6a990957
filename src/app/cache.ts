/** Caches in the project's state folder: what only makes the next command faster. */
import { systemCode } from "../base/error.ts";

/** A cache that can't be written makes the next run slower and nothing else. */
export function keepForNextTime(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
