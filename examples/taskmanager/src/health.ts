/** What both services answer about themselves. None of it needs a token or counts against a rate limit. */
import { Pool } from "./database.ts";
import { checkReady } from "./feature.ts";
import type { Routes } from "./http.ts";
import type { Metrics } from "./metrics.ts";
import type { ServiceOptions } from "./process.ts";

/** One writing and one reading look at the database; the name of a fault is safe to show, it holds no data. */
function databaseCheck(service: string, pool: Pool): string {
  try {
    pool.change((database) => {
      database
        .prepare("INSERT OR REPLACE INTO heartbeat (service, at) VALUES (?, ?)")
        .run(service, Date.now());
      checkReady(database);
    });
    return "ok";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export interface Health {
  readonly routes: Routes;
  close(): void;
}

/** The check has a connection of its own: a busy service must not look like one that has lost its database. */
export function createHealth(
  service: string,
  { settings, dataFolder }: Pick<ServiceOptions, "settings" | "dataFolder">,
  pool: Pool,
  metrics: Metrics,
): Health {
  const own = new Pool(settings.DATABASE_URL, dataFolder, 1);
  const routes: Routes = {
    "GET /healthz": () => ({ body: { status: "alive" } }),
    "GET /readyz": () => {
      // Without its settings the process would not have come this far.
      const checks = { settings: "ok", database: databaseCheck(service, own) };
      const ready = Object.values(checks).every((check) => check === "ok");
      return { status: ready ? 200 : 503, body: { status: ready ? "ready" : "not ready", checks } };
    },
    "GET /metrics": () => ({
      headers: { "content-type": "text/plain; version=0.0.4" },
      body: `${metrics.text()}# TYPE db_connections_in_use gauge\ndb_connections_in_use ${pool.inUse}\n`,
    }),
  };
  return { routes, close: () => own.close() };
}
