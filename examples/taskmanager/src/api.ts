/** Entry of the service `api`. */
import { startApi } from "./api-server.ts";
import { createLog } from "./log.ts";
import { runProcess, surroundings } from "./process.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
const log = createLog("api", settings.LOG_LEVEL);
await runProcess(log, () => startApi({ settings, log, ...surroundings }));
