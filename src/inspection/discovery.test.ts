import { expect, test } from "vitest";
import { discover } from "./discovery.ts";
import { environmentOf } from "./environment-name.ts";

/** `role environment unit`, by path; what is not listed is not found. */
const layouts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a folder for each environment under a base": {
    ".env": "base",
    "config/environments/dev/.env": "environment development",
    "config/environments/dev/settings.yml": "environment development",
    "config/environments/prod/.env": "environment production",
    "config/environments/prod/settings.yml": "environment production",
    "src/automation/config_dev.py": "noted development",
    "setup.py": "",
    VERSION: "",
  },
  "a base and one environment, as YAML": {
    "base.yml": "base",
    "production.yml": "environment production",
    "mkdocs.yml": "",
  },
  "Terraform by environment, variables beside": {
    "infrastructure/terraform/environments/dev/terraform.tfvars": "environment development",
    "infrastructure/terraform/environments/production/terraform.tfvars": "environment production",
    "infrastructure/terraform/main.tf": "",
    "config/environments/production.py": "noted production",
    ".env.production": "environment production",
  },
  "a compose file in each environment's folder, one of an unknown name": {
    "environments/development/.env": "environment development",
    "environments/development/docker-compose.yml": "environment development",
    "environments/testing/.env": "environment testing",
    "environments/acme/.env": "environment acme",
    "scripts/deploy.py": "",
  },
  "one .env and its example": { ".env": "environment local", ".env.example": "example" },
  "suffixes of .env": {
    ".env": "base",
    ".env.local": "environment local",
    ".env.development": "environment development",
    ".env.production.local": "environment production",
    ".env.production.example": "example",
    ".env.acme": "environment acme",
    ".env.bak": "other",
    ".env.keys": "other",
    ".envrc": "noted",
  },
  "names before .env": {
    "dev.env": "environment development",
    "prod.env": "environment production",
    "sample.env": "example",
  },
  "node-config": {
    "config/default.json": "base",
    "config/production.json": "environment production",
    "config/test.json": "environment test",
    "package.json": "",
    "tsconfig.json": "",
  },
  TOML: {
    "config/development.toml": "environment development",
    "config/production.toml": "environment production",
  },
  ".NET": {
    "appsettings.json": "base",
    "appsettings.Development.json": "environment development",
    "appsettings.Production.json": "environment production",
  },
  Spring: {
    "src/main/resources/application.yml": "base",
    "src/main/resources/application-prod.yml": "environment production",
  },
  Rails: {
    "config/environments/production.rb": "noted production",
    "config/environments/test.rb": "noted test",
    "config/database.yml": "base",
  },
  Helm: {
    "charts/api/Chart.yaml": "",
    "charts/api/values.yaml": "base unit=charts/api",
    "charts/api/values-prod.yaml": "environment production unit=charts/api",
    "charts/api/values.acme.yaml": "environment acme unit=charts/api",
    "charts/api/templates/deployment.yaml": "",
  },
  kustomize: {
    "k8s/base/deployment.yaml": "base",
    "k8s/overlays/prod/configmap.yaml": "environment production",
    "k8s/overlays/staging/kustomization.yaml": "environment staging",
  },
  "compose files with a suffix": {
    "docker-compose.yml": "base",
    "docker-compose.override.yml": "environment local",
    "docker-compose.prod.yml": "environment production",
    "compose.staging.yaml": "environment staging",
    "web.env": "other",
  },
  "applications of one repository": {
    "apps/web/.env.development": "environment development unit=apps/web",
    "apps/web/.env.production": "environment production unit=apps/web",
    "apps/api/config/production.yml": "environment production unit=apps/api",
  },
  "ECS and serverless": {
    "ecs/task-definition-production.json": "environment production unit=ecs",
    "serverless.yml": "base",
  },
  "regions and numbers keep their names": {
    ".env.prod-eu": "environment prod-eu",
    ".env.dev2": "environment dev2",
    ".env.pre-prod": "environment preproduction",
  },
  "other people's files": {
    ".github/workflows/deploy.yml": "noted",
    "test/fixtures/.env.production": "",
    "docs/production.yml": "",
    "openapi.production.yaml": "",
    "locales/dev.json": "",
    "environments/cartpole/config.yaml": "",
    "test.yml": "",
    "ci.yml": "",
  },
};

test.each(Object.entries(layouts))("%s", (_name, layout) => {
  const found = discover(Object.keys(layout)).map(({ path, role, environment, unit }) => [
    path,
    [role, environment?.name, unit === "" ? undefined : `unit=${unit}`].filter(Boolean).join(" "),
  ]);
  const expected = Object.entries(layout).filter(([, said]) => said !== "");
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

test("a base comes before environments, a machine's own file last", () => {
  const paths = [".env.production.local", ".env.production", "config/production.yml", ".env"];
  expect(discover(paths).map(({ path }) => path)).toEqual([
    ".env",
    ".env.production",
    "config/production.yml",
    ".env.production.local",
  ]);
});

test("every file says why it was taken", () => {
  for (const layout of Object.values(layouts)) {
    for (const { reason } of discover(Object.keys(layout))) expect(reason).not.toBe("");
  }
});

test.each([
  ["prd", "production", "production"],
  ["live", "production", "production"],
  ["PROD", "production", "production"],
  ["pre-prod", "preproduction", "staging"],
  ["non-prod", "nonprod", "development"],
  ["eu-prod", "eu-prod", "production"],
  ["stg", "staging", "staging"],
  ["qa1", "qa1", "testing"],
])("%s is %s, of class %s", (word, name, near) => {
  expect(environmentOf(word)).toMatchObject({ name, class: near });
});

test.each(["product", "developer", "latest", "attest", "devices", "reproduction", "stages"])(
  "%s is none",
  (word) => {
    expect(environmentOf(word)).toBeUndefined();
  },
);
