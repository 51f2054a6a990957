/**
 * The configuration of the seeds S0 and S1: `config_base.py`, a `.env` at the root, one per environment, and a class
 * per environment (`DevConfig`, `ProdConfig`) over them, in TypeScript.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: hcp-automation
environments:
  development: { short: dev }
  production: { short: prod }
layers:
  - { module: src/automation/config_base.ts }
  - .env
  - config/environments/{short}/.env
  - { module: "src/automation/config_{short}.ts" }
settings:
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO, ERROR], required: true }
  LOG_FORMAT: { type: enum, values: [text, json], required: true }
  AIRTABLE_BASE_ID: { pattern: "app[A-Za-z0-9]{14}", required: true }
  BATCH_SIZE: { type: integer, min: 1, required: true }
  SYNC_INTERVAL: { type: duration, required: true }
  DATA_DIR: { type: string, required: true }
`;

const FILES = {
  "src/automation/config_base.ts": `export const dataDir = (environment: string) => \`data/\${environment}\`;
export default class ConfigBase {
  logLevel = "ERROR";
  logFormat = "json";
  batchSize = 10;
  syncInterval = "4h";
  dataDir: string;
  constructor(environment: string) { this.dataDir = dataDir(environment); }
  validate(): boolean { return this.batchSize > 0; }
}
`,
  "src/automation/config_dev.ts": `import { dataDir } from "./config_base.ts";
export default class DevConfig {
  logLevel = "DEBUG";
  logFormat = "text";
  get dataDir(): string { return dataDir("dev"); }
}
`,
  "src/automation/config_prod.ts": `export default async (environment: string) => ({
  batchSize: 100,
  sync: { interval: environment === "production" ? "1h" : "4h" },
});
`,
  ".env": "LOG_LEVEL=INFO\nBATCH_SIZE=20\n",
  "config/environments/dev/.env": "AIRTABLE_BASE_ID=appDevelopment123\nSYNC_INTERVAL=10m\n",
  "config/environments/prod/.env": "AIRTABLE_BASE_ID=appProduction1234\nBATCH_SIZE=50\n",
};

let scene: CliScene;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  for (const [path, text] of Object.entries(FILES)) scene.write(path, text);
  scene.must(["trust", "--yes"]);
});

afterAll(() => scene.remove());

test.each([
  [
    "development",
    {
      LOG_LEVEL: ["DEBUG", "src/automation/config_dev.ts"],
      LOG_FORMAT: ["text", "src/automation/config_dev.ts"],
      AIRTABLE_BASE_ID: ["appDevelopment123", "config/environments/dev/.env"],
      BATCH_SIZE: [20, ".env"],
      SYNC_INTERVAL: [600_000, "config/environments/dev/.env"],
      DATA_DIR: ["data/dev", "src/automation/config_dev.ts"],
    },
  ],
  [
    "production",
    {
      LOG_LEVEL: ["INFO", ".env"],
      LOG_FORMAT: ["json", "src/automation/config_base.ts"],
      AIRTABLE_BASE_ID: ["appProduction1234", "config/environments/prod/.env"],
      BATCH_SIZE: [100, "src/automation/config_prod.ts"],
      SYNC_INTERVAL: [3_600_000, "src/automation/config_prod.ts"],
      DATA_DIR: ["data/production", "src/automation/config_base.ts"],
    },
  ],
])("%s: base, root .env, the environment's .env, its class", (environment, expected) => {
  const { settings } = JSON.parse(scene.must(["config", "show", "-e", environment, "--json"]).stdout);
  const seen = Object.fromEntries(
    Object.entries(settings as Record<string, { value: unknown; from: string }>).map(
      ([name, { value, from }]) => [name, [value, from]],
    ),
  );
  expect(seen).toEqual(expected);
});

test("what is given at run time comes last", () => {
  const words = ["run", "-e", "development", "--set", "BATCH_SIZE=3", "--", "sh", "-c", "echo $BATCH_SIZE"];
  expect(scene.must(words).stdout).toBe("3\n");
});
