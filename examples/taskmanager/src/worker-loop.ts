/** The worker: looks for jobs, does them, and answers for its own health. */
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "./database.ts";
import { createHealth } from "./health.ts";
import { createHttpServer } from "./http.ts";
import { addReminders, finishJob, type TakenJob, takeJobs } from "./jobs.ts";
import { sendMail } from "./mail.ts";
import { Metrics } from "./metrics.ts";
import type { Running, ServiceOptions } from "./process.ts";

const LOOK_EVERY_MS = 250;

export async function startWorker(options: ServiceOptions): Promise<Running> {
  const { settings, dataFolder, log } = options;
  const pool = new Pool(
    settings.DATABASE_URL,
    dataFolder,
    settings.DB_POOL_SIZE + settings.DB_POOL_MAX_OVERFLOW,
  );
  const metrics = new Metrics();
  const health = createHealth("worker", options, pool, metrics);
  const server = createHttpServer({
    routes: health.routes,
    metrics,
    log,
    debug: settings.DEBUG,
  });

  const perform = async ({ id, job }: TakenJob): Promise<void> => {
    try {
      await sendMail(id, job, settings, dataFolder);
      pool.change((database) => finishJob(database, id, Date.now()));
      metrics.countJob(job.kind, "done");
      log("INFO", "job done", { id, kind: job.kind });
    } catch (error) {
      // The job stays taken for a while and is then tried again, by whoever looks.
      metrics.countJob(job.kind, "failed");
      log("ERROR", "job failed", { id, kind: job.kind, error: String(error) });
    }
  };
  const look = async (): Promise<number> => {
    const taken = pool.change((database) => {
      addReminders(database, Date.now());
      return takeJobs(database, settings.CELERY_WORKER_CONCURRENCY, Date.now());
    });
    await Promise.all(taken.map(perform));
    return taken.length;
  };

  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const done = await look().catch((error: unknown) => {
        log("ERROR", "the queue could not be read", { error: String(error) });
        return 0;
      });
      if (done === 0) await wait(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const port = await server.listen(settings.PORT);
  const looping = loop();
  return {
    port,
    async stop() {
      stopping.abort();
      await Promise.all([looping, server.close()]);
      health.close();
      pool.close();
    },
  };
}
