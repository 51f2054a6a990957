/**
 * The hot entry, bundled to one file that `ringfence.cjs` starts. It knows `run` from a fresh snapshot; everything else is the slow
 * path's, which is loaded only then. No schema library, parser of YAML or arguments, or database may be imported here.
 */
import { type ResolvedRun, replaceByCommand, resolveRun } from "./run/execute.ts";
import { prepareHot } from "./run/hot.ts";
import { reportError } from "./run/report.ts";
import { answerWhich } from "./run/which.ts";

/** What `attended.cjs` beside this bundle exports. */
interface AttendedRuns {
  /** Answers the exit code. Throws nothing. */
  start(run: ResolvedRun, keepCode: () => void): Promise<number>;
}

/** What `cli.js` beside this bundle exports. */
interface SlowPath {
  /** Answers the exit code, or nothing when it has set `process.exitCode` itself. */
  main(argv: readonly string[]): Promise<number | undefined>;
}

async function answer(argv: readonly string[], keepCode: () => void): Promise<number | undefined> {
  try {
    if (answerWhich(argv)) return 0;
    const hot = prepareHot(argv);
    if (hot) {
      const run = resolveRun(hot);
      replaceByCommand(run, keepCode);
      const attended: AttendedRuns = require("./attended.cjs");
      return await attended.start(run, keepCode);
    }
  } catch (error) {
    return reportError(error);
  }
  // An ES module without top-level await; this bundle is no module that could import it.
  const slow: SlowPath = require("./cli.js");
  return slow.main(argv);
}

/**
 * Answers a command line; the exit code is the process's.
 *
 * @param keepCode is called at the end of a hot run, when what such a run needs of these bundles is compiled.
 */
export function start(argv: readonly string[], keepCode: () => void): void {
  answer(argv, keepCode).then(
    (code) => {
      if (code !== undefined) process.exitCode = code;
    },
    (error) => {
      process.exitCode = reportError(error);
    },
  );
}
