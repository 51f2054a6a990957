/** The settings that this system reads. `ringfence.yaml` declares them all, with their limits and documentation. */
import { loadSettings } from "ringfence/settings";

/** Reads all of them at once: a missing or wrong one ends the process before it listens. */
export function readSettings() {
  return loadSettings({
    DEBUG: "boolean",
    LOG_LEVEL: { type: "string", values: ["DEBUG", "INFO", "WARNING", "ERROR"] },
    DATABASE_URL: "string",
    DB_POOL_SIZE: "integer",
    DB_POOL_MAX_OVERFLOW: "integer",
    CELERY_WORKER_CONCURRENCY: "integer",
    JWT_SECRET_KEY: { type: "string", secret: true },
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: "integer",
    SMTP_HOST: "string",
    SMTP_PORT: "port",
    SMTP_USERNAME: { type: "string", secret: true, optional: true },
    ENABLE_REGISTRATION: "boolean",
    ENABLE_EMAIL_VERIFICATION: "boolean",
    ENABLE_RATE_LIMITING: "boolean",
    RATE_LIMIT_PER_MINUTE: "integer",
    // 0 chooses a free one.
    PORT: { type: "integer", default: 4100 },
  });
}

export type TaskmanagerSettings = ReturnType<typeof readSettings>;
