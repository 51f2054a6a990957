/** The life of a service as a process: it starts, and on SIGTERM or SIGINT ends in order with exit code 0. */
import { dataFolder, environment } from "ringfence/settings";
import type { Log } from "./log.ts";
import type { TaskmanagerSettings } from "./settings.ts";

export interface ServiceOptions {
  readonly settings: TaskmanagerSettings;
  readonly environment: string;
  readonly release: string;
  readonly dataFolder: string;
  readonly log: Log;
}

/** What started. `stop` resolves when everything that was begun is finished. */
export interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

/** Where this process runs and what it is, as Ringfence says; otherwise it was started by hand. */
export const surroundings = {
  environment: environment ?? "local",
  release: process.env.RINGFENCE_RELEASE ?? "unreleased",
  dataFolder: dataFolder ?? "data",
};

export async function runProcess(log: Log, start: () => Promise<Running>): Promise<void> {
  const { port, stop } = await start();
  log("INFO", "started", { ...surroundings, port });
  const end = async (signal: NodeJS.Signals) => {
    log("INFO", "stopping", { signal });
    await stop();
    log("INFO", "stopped");
    process.exit(0);
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}
