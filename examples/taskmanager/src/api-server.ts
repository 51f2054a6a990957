/** The HTTP API put together: which route does what, who may call it and how often. */
import { createAccounts } from "./accounts.ts";
import { Pool } from "./database.ts";
import { status } from "./feature.ts";
import { createHealth } from "./health.ts";
import { createHttpServer, type Request, type Routes } from "./http.ts";
import { Metrics } from "./metrics.ts";
import type { Running, ServiceOptions } from "./process.ts";
import { createRateLimit } from "./rate-limit.ts";
import { createTasks } from "./tasks.ts";

function limited(routes: Routes, limit: (request: Request) => void): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([pattern, handler]) => [
      pattern,
      (request: Request) => {
        limit(request);
        return handler(request);
      },
    ]),
  );
}

export async function startApi(options: ServiceOptions): Promise<Running> {
  const { settings, environment, release, dataFolder, log } = options;
  const pool = new Pool(
    settings.DATABASE_URL,
    dataFolder,
    settings.DB_POOL_SIZE + settings.DB_POOL_MAX_OVERFLOW,
  );
  const metrics = new Metrics();
  const health = createHealth("api", options, pool, metrics);
  const accounts = createAccounts(pool, settings);
  const tasks = createTasks(pool);
  const own =
    (work: (account: number, request: Request) => ReturnType<typeof tasks.list>) => (request: Request) =>
      work(accounts.authenticate(request), request);

  const forPeople: Routes = {
    "POST /register": accounts.register,
    "POST /verify": accounts.verify,
    "POST /login": accounts.login,
    "GET /tasks": own(tasks.list),
    "POST /tasks": own(tasks.add),
    "PATCH /tasks/:id": own(tasks.change),
    "DELETE /tasks/:id": own(tasks.remove),
  };
  const forMachines: Routes = {
    ...health.routes,
    "GET /version": () => ({ body: { release, environment } }),
    "GET /status": () => ({ body: { release, environment, ...status(pool) } }),
  };
  const limit = settings.ENABLE_RATE_LIMITING ? createRateLimit(settings.RATE_LIMIT_PER_MINUTE) : undefined;
  const routes = { ...forMachines, ...(limit ? limited(forPeople, limit) : forPeople) };
  const server = createHttpServer({ routes, metrics, log, debug: settings.DEBUG });
  return {
    port: await server.listen(settings.PORT),
    async stop() {
      await server.close();
      health.close();
      pool.close();
    },
  };
}
