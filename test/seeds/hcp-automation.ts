/** The project of the seed documents S0 and S1: their folders, names, bases, ports and credentials, in a manifest. */

/** S0: "Configuration Hierarchy", "Isolation Boundaries", "Environment Configurations"; S1: the detection, the prefixes. */
const MANIFEST = `project: hcp-automation
detect: { variable: ENVIRONMENT, default: development }
environments:
  development: { short: dev }
  production: { short: prod, hosts: ["*prod*"] }
layers:
  - .env
  - config/environments/{short}/.env
  - config/environments/{short}/settings.yml
settings:
  PROJECT_NAME: { required: true }
  TIMEZONE: { required: true }
  HTTP_TIMEOUT: { type: duration, default: 30s }
  AIRTABLE_BASE_ID: { pattern: "app[A-Za-z0-9]{14}", required: true }
  DEV_AIRTABLE_API_KEY: { secret: true, required: [development] }
  DEV_HCP_TOKEN: { secret: true, required: [development] }
  DEV_WEBHOOK_SECRET: { secret: true, required: [development] }
  PROD_AIRTABLE_API_KEY: { secret: true, required: [production] }
  PROD_HCP_TOKEN: { secret: true, required: [production] }
  PROD_WEBHOOK_SECRET: { secret: true, required: [production] }
  WEBHOOK_PATH: { type: path, required: true }
  WEBHOOK_PORT: { type: port, required: true }
  CSV_DIRECTORY: { type: path, required: true }
  LOGGING_LEVEL: { type: enum, values: [DEBUG, INFO, WARNING, ERROR], policy: logLevel }
  LOGGING_CONSOLE: { type: boolean, required: true }
  LOGGING_FILE: { type: path, required: true }
  VALIDATION: { type: enum, values: [relaxed, strict], required: true }
rules:
  - name: credentials of production stay there
    only: [development]
    require: PROD_AIRTABLE_API_KEY == null && PROD_HCP_TOKEN == null && PROD_WEBHOOK_SECRET == null
  - name: production is strict
    only: [production]
    require: VALIDATION == "strict" && !LOGGING_CONSOLE
byDesign:
  AIRTABLE_BASE_ID: data isolation
  "DEV_*": credential isolation
  "PROD_*": credential isolation
  "WEBHOOK_*": service isolation
  CSV_DIRECTORY: data isolation
  "LOGGING_*": log isolation
  VALIDATION: relaxed for development flexibility
`;

/** Credentials are invented; S0 and S1 only say which there are. */
export const CREDENTIALS = {
  development: {
    DEV_AIRTABLE_API_KEY: "planted-dev-airtable-key",
    DEV_HCP_TOKEN: "planted-dev-hcp-token",
    DEV_WEBHOOK_SECRET: "planted-dev-webhook-secret",
  },
  production: {
    PROD_AIRTABLE_API_KEY: "planted-prod-airtable-key",
    PROD_HCP_TOKEN: "planted-prod-hcp-token",
    PROD_WEBHOOK_SECRET: "planted-prod-webhook-secret",
  },
} as const;

export type Named = keyof typeof CREDENTIALS;

/** The lines of an environment's credentials. */
function lines(environment: Named): string {
  return Object.entries(CREDENTIALS[environment])
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** `.env` and `settings.yml` of both environments, and the project's own `.env`. */
export const FILES = {
  "ringfence.yaml": MANIFEST,
  ".env":
    "# General settings\nPROJECT_NAME=hcp-automation\nTIMEZONE=America/Los_Angeles\nLOGGING_CONSOLE=false\n",
  "config/environments/dev/.env": `# Development credentials\nAIRTABLE_BASE_ID=app67yWFv0hKdl6jM\n${lines("development")}`,
  "config/environments/dev/settings.yml": `# Dev-specific settings
webhook:
  path: /webhooks/hcp-dev
  port: 5001
csv:
  directory: CSV_process_development/
logging:
  level: DEBUG
  console: true
  file: logs/automation_dev_*.log
validation: relaxed
`,
  "config/environments/prod/.env": `# Production credentials\nAIRTABLE_BASE_ID=appZzebEIqCU5R9ER\n${lines("production")}`,
  "config/environments/prod/settings.yml": `# Prod-specific settings
webhook:
  path: /webhooks/hcp
  port: 5000
csv:
  directory: CSV_process_production/
logging:
  level: INFO
  file: logs/automation_prod_*.log
validation: strict
`,
} as const;
