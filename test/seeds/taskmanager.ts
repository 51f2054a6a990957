/** The project of the seed document S3: its environments, layers and settings, and a scene with all of its listings. */
import { openSeed, type SeedScene } from "./seed-scene.ts";
import { ENV_LISTINGS } from "./taskmanager-env.ts";
import { TFVARS_LISTINGS } from "./taskmanager-tfvars.ts";

export type Named = keyof typeof ENV_LISTINGS;
export const NAMES = Object.keys(ENV_LISTINGS) as Named[];
const SHORT: Readonly<Record<Named, string>> = {
  development: "dev",
  staging: "staging",
  production: "production",
};

/** Where a listing lies. */
export const envPath = (name: Named): string => `environments/${SHORT[name]}/.env`;
export const tfvarsPath = (name: Named): string => `environments/${SHORT[name]}/terraform.tfvars`;

const SETTINGS = `settings:
  ENVIRONMENT: { type: enum, values: [development, staging, production], required: true }
  DEBUG: { type: boolean, required: true }
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO, WARNING, ERROR], required: true }
  DATABASE_URL: { type: url, secret: true, required: true }
  DATABASE_READER_URL: { type: url, secret: true, required: [production] }
  DB_POOL_SIZE: { type: integer, min: 1, max: 100, required: true }
  DB_POOL_MAX_OVERFLOW: { type: integer, min: 0 }
  REDIS_URL: { type: url, secret: true, required: true }
  CELERY_BROKER_URL: { type: url, secret: true, required: true }
  CELERY_RESULT_BACKEND: { type: url, secret: true, required: true }
  CELERY_WORKER_CONCURRENCY: { type: integer, min: 1 }
  JWT_SECRET_KEY: { secret: true, required: true }
  JWT_ALGORITHM: { type: enum, values: [HS256, RS256] }
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: { type: integer, min: 1 }
  JWT_REFRESH_TOKEN_EXPIRE_DAYS: { type: integer, min: 1 }
  SMTP_HOST: { type: host }
  SMTP_PORT: { type: port }
  SMTP_USERNAME: { secret: true }
  SMTP_PASSWORD: { secret: true }
  OAUTH_GOOGLE_CLIENT_ID: { secret: true }
  OAUTH_GOOGLE_CLIENT_SECRET: { secret: true }
  OAUTH_GITHUB_CLIENT_ID: { secret: true }
  OAUTH_GITHUB_CLIENT_SECRET: { secret: true }
  SENTRY_DSN: { type: url, secret: true }
  DATADOG_API_KEY: { secret: true }
  ENABLE_REGISTRATION: { type: boolean }
  ENABLE_EMAIL_VERIFICATION: { type: boolean, policy: emailVerification }
  ENABLE_RATE_LIMITING: { type: boolean, policy: rateLimits }
  ENABLE_MFA: { type: boolean }
  AWS_REGION: { required: true }
  VPC_CIDR: { type: cidr, required: true }
  AVAILABILITY_ZONES: { type: list, required: true }
  DB_INSTANCE_CLASS: { required: true }
  DB_ALLOCATED_STORAGE: { type: integer, min: 20 }
  DB_MAX_ALLOCATED_STORAGE: { type: integer }
  DB_MULTI_AZ: { type: boolean }
  DB_BACKUP_RETENTION_DAYS: { type: integer, min: 1, max: 35 }
  DB_DELETION_PROTECTION: { type: boolean }
  DB_SKIP_FINAL_SNAPSHOT: { type: boolean }
  DB_CREATE_REPLICA: { type: boolean }
  DB_REPLICA_INSTANCE_CLASS: {}
  CACHE_NODE_TYPE: {}
  CACHE_NUM_NODES: { type: integer, min: 1 }
  CACHE_AUTOMATIC_FAILOVER: { type: boolean }
  API_CPU: {}
  API_MEMORY: {}
  API_DESIRED_COUNT: { type: integer }
  API_MIN_CAPACITY: { type: integer }
  API_MAX_CAPACITY: { type: integer }
  WORKER_CPU: {}
  WORKER_MEMORY: {}
  WORKER_DESIRED_COUNT: { type: integer }
  WORKER_MIN_CAPACITY: { type: integer }
  WORKER_MAX_CAPACITY: { type: integer }
  LOG_RETENTION_DAYS: { type: integer }
  LOG_ARCHIVE_DAYS: { type: integer }
  DOMAIN_NAME: { type: host }
`;

/** "Differences by Design" of S3. */
const BY_DESIGN = `byDesign:
  "*_CPU": resource sizes
  "*_MEMORY": resource sizes
  "*_CAPACITY": resource sizes
  "*_DESIRED_COUNT": resource sizes
  "DB_*": resource sizes
  "CACHE_*": resource sizes
  CELERY_WORKER_CONCURRENCY: resource sizes
  VPC_CIDR: networks are apart
  DOMAIN_NAME: networks are apart
  DEBUG: logging verbosity
  "LOG_*": logging verbosity
  "SMTP_*": sandbox APIs outside of production
  "OAUTH_*": sandbox APIs outside of production
`;

const ENVIRONMENTS = `environments:
  development: { short: dev }
  staging:
  production:
`;

/** What the comparison of S3 demands otherwise than the kinds do by themselves. */
export const OWN_POLICIES = `environments:
  development: { short: dev }
  staging: { policies: { tokenLifetime: 15m, uptime: { hours: business hours } } }
  production: { policies: { tokenLifetime: 15m, approvals: 2 } }
`;

/** @param environments instead of the three as their kinds bring them */
export function manifest(environments: string = ENVIRONMENTS): string {
  return `project: taskmanager
${environments}layers:
  - environments/{short}/terraform.tfvars
  - environments/{short}/.env
${SETTINGS}${BY_DESIGN}`;
}

/** The project with all six listings where they lie. */
export function openTaskmanager(text: string = manifest()): SeedScene {
  const files = NAMES.flatMap((name) => [
    [envPath(name), ENV_LISTINGS[name]],
    [tfvarsPath(name), TFVARS_LISTINGS[name]],
  ]);
  return openSeed({ "ringfence.yaml": text, ...Object.fromEntries(files) });
}

/** The names that a listing leaves to the secrets manager. */
export function placeholders(name: Named): string[] {
  return [...ENV_LISTINGS[name].matchAll(/^(\w+)=<from-secrets-manager>/gm)].map(([, key]) => key!);
}

/** Puts a secret of its own in the place of every placeholder. */
export async function setSecrets(scene: SeedScene, names: readonly Named[]): Promise<void> {
  await scene.must("me init --name alice");
  for (const name of names) {
    await scene.must(`identity create -e ${name}`);
    for (const key of placeholders(name)) {
      const input = /URL|BROKER|BACKEND|DSN/.test(key)
        ? `rediss://${key.toLowerCase().replaceAll("_", "-")}.${name}.example.test/planted`
        : `planted-${key}-${name}-0123456789abcdef`;
      await scene.must(`secret set ${key} -e ${name}`, { input });
    }
  }
}
