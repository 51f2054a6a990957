/**
 * The hot entry's second file, bundled by itself: `main.ts` hands a run over that does not replace this process. It
 * reports its own failures, since it alone knows what has to be taken out of them.
 */
import { attend } from "./run/attend.ts";
import type { ResolvedRun } from "./run/execute.ts";
import { reportError } from "./run/report.ts";

/**
 * Answers the exit code. Throws nothing.
 *
 * @param keepCode is called at the end, when what such a run needs of this bundle is compiled.
 */
export async function start(run: ResolvedRun, keepCode: () => void): Promise<number> {
  try {
    return await attend(run, keepCode);
  } catch (error) {
    return reportError(error);
  }
}
