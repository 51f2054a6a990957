/**
 * The project of the seed document S4: `environments/<name>/.env` beside `docker-compose.yml`. The document lists no
 * variables; these are what it says there is: databases apart, metrics, dashboards, logging, health checks.
 */

const MANIFEST = `project: ade-platform
environments:
  development:
  testing:
  production:
layers:
  - { path: "environments/{env}/.env", dialect: compose }
settings:
  COMPOSE_PROJECT_NAME: { required: true }
  ENVIRONMENT: { type: enum, values: [development, testing, production], required: true }
  ADE_VERSION: { pattern: "\\\\d+\\\\.\\\\d+\\\\.\\\\d+", required: true }
  DEBUG: { type: boolean }
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO, WARNING] }
  LOG_FORMAT: { type: enum, values: [json, text] }
  API_PORT: { type: port, required: true }
  API_WORKERS: { type: integer, min: 1 }
  HEALTH_INTERVAL: { type: duration }
  POSTGRES_DB: { required: true }
  POSTGRES_PASSWORD: { secret: true, required: true }
  DATABASE_URL: { type: url, required: true }
  PROMETHEUS_PORT: { type: port }
  GRAFANA_PORT: { type: port }
  GRAFANA_ADMIN_PASSWORD: { secret: true, required: [testing, production] }
  PRICE_FORMAT: {}
byDesign:
  COMPOSE_PROJECT_NAME: containers are apart
  POSTGRES_DB: databases are apart
  DATABASE_URL: databases are apart
  DEBUG: debugging tools in development
  LOG_LEVEL: debugging tools in development
  API_PORT: one machine may have several
  API_WORKERS: optimised for performance
`;

/** The same services everywhere: what differs comes from the `.env` beside. */
const COMPOSE = `services:
  api:
    image: ade/api:\${ADE_VERSION}
    ports: ["\${API_PORT}:8000"]
    environment:
      DATABASE_URL: \${DATABASE_URL}
  prometheus: { image: prom/prometheus, ports: ["\${PROMETHEUS_PORT}:9090"] }
  grafana: { image: grafana/grafana, ports: ["\${GRAFANA_PORT}:3000"] }
`;

const env = (name: string, own: string): string => `# ${name}: read by docker compose
COMPOSE_PROJECT_NAME=ade-\${ENVIRONMENT}
ENVIRONMENT=${name}
POSTGRES_DB=ade_${name}
DATABASE_URL="postgresql://ade:\${POSTGRES_PASSWORD}@postgres:5432/\${POSTGRES_DB}"
${own}`;

export const FILES = {
  "ringfence.yaml": MANIFEST,
  "environments/development/docker-compose.yml": COMPOSE,
  "environments/testing/docker-compose.yml": COMPOSE,
  "environments/production/docker-compose.yml": COMPOSE,
  "environments/development/.env": env(
    "development",
    `ADE_VERSION=1.5.0  # this week's
DEBUG=true
LOG_LEVEL=DEBUG
LOG_FORMAT='text'
API_PORT=\${API_PORT:-8000}
API_WORKERS=1
HEALTH_INTERVAL=\${HEALTH_INTERVAL-30s}
PROMETHEUS_PORT=\${PROMETHEUS_PORT:-9090}
GRAFANA_PORT=3000
PRICE_FORMAT="$$0.00"
POSTGRES_PASSWORD=\${POSTGRES_PASSWORD:-planted-local-password}
`,
  ),
  "environments/testing/.env": env(
    "testing",
    `ADE_VERSION=1.4.2
DEBUG=false
LOG_LEVEL=INFO
LOG_FORMAT=text
API_PORT=8100
API_WORKERS=2
PROMETHEUS_PORT=9190
GRAFANA_PORT=3000
`,
  ),
  "environments/production/.env": env(
    "production",
    `ADE_VERSION=1.4.2
DEBUG=false
LOG_LEVEL=INFO
LOG_FORMAT=json
API_PORT=8000
API_WORKERS=8
HEALTH_INTERVAL=10s
PROMETHEUS_PORT=9090
GRAFANA_PORT=3000
PRICE_FORMAT="$$0.00"
`,
  ),
} as const;
