/**
 * The hot entry, bundled to one CommonJS file. It knows `run` from a fresh snapshot; everything else is the slow
 * path's, which is loaded only then. No schema library, parser of YAML or arguments, or database may be imported here.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execute } from "./run/execute.ts";
import { prepareHot } from "./run/hot.ts";
import { reportError } from "./run/report.ts";
import { answerWhich } from "./run/which.ts";

/** What `cli.js` beside this bundle exports. */
interface SlowPath {
  /** Answers the exit code, or nothing when it has set `process.exitCode` itself. */
  main(argv: readonly string[]): Promise<number | undefined>;
}

async function start(argv: readonly string[]): Promise<number | undefined> {
  try {
    if (answerWhich(argv)) return 0;
    const hot = prepareHot(argv);
    if (hot) return await execute(hot);
  } catch (error) {
    return reportError(error);
  }
  const slow: SlowPath = await import(pathToFileURL(join(__dirname, "cli.js")).href);
  return slow.main(argv);
}

start(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error) => {
    process.exitCode = reportError(error);
  },
);
