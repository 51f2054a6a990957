/** Entry of the service `worker`. */
import { dataFolder, environment } from "ringfence/settings";
import { createLog } from "./log.ts";
import { release, runProcess } from "./process.ts";
import { readSettings } from "./settings.ts";
import { startWorker } from "./worker-loop.ts";

const settings = readSettings();
const log = createLog("worker", settings.LOG_LEVEL);
await runProcess(log, () => startWorker({ settings, environment, release, dataFolder, log }));
