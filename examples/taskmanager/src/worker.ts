/** Entry of the service `worker`. */
import { createLog } from "./log.ts";
import { runProcess, surroundings } from "./process.ts";
import { readSettings } from "./settings.ts";
import { startWorker } from "./worker-loop.ts";

const settings = readSettings();
const log = createLog("worker", settings.LOG_LEVEL);
await runProcess(log, () => startWorker({ settings, log, ...surroundings }));
