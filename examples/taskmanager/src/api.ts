/** Entry of the service `api`. */
import { dataFolder, environment } from "ringfence/settings";
import { startApi } from "./api-server.ts";
import { createLog } from "./log.ts";
import { release, runProcess } from "./process.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();
const log = createLog("api", settings.LOG_LEVEL);
await runProcess(log, () => startApi({ settings, environment, release, dataFolder, log }));
