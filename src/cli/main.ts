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

/** What `cli.cjs` beside this bundle exports. */
interface SlowPath {
  /** Answers the exit code. */
  main(argv: readonly string[], keepCode: () => void): Promise<number>;
}

/** Keeps what V8 compiled of these bundles, for the next start. */
type KeepCode = (bundles: readonly ("main" | "attended" | "cli")[]) => void;

async function answer(argv: readonly string[], keepCode: KeepCode): Promise<number> {
  try {
    if (answerWhich(argv)) return 0;
    const hot = prepareHot(argv);
    if (hot) {
      const run = resolveRun(hot);
      const keepRun = () => keepCode(["main", "attended"]);
      replaceByCommand(run, keepRun);
      const attended: AttendedRuns = require("./attended.cjs");
      return await attended.start(run, keepRun);
    }
  } catch (error) {
    return reportError(error);
  }
  const slow: SlowPath = require("./cli.cjs");
  return slow.main(argv, () => keepCode(["cli"]));
}

/**
 * Answers a command line; the exit code is the process's.
 *
 * @param keepCode is called when what is needed of these bundles is compiled: at the end of a hot run, or of a command.
 */
export function start(argv: readonly string[], keepCode: KeepCode): void {
  answer(argv, keepCode).then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      process.exitCode = reportError(error);
    },
  );
}
