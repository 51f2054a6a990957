/** Seed document S4: the variables of Docker Compose in three environments, and their synchronisation. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigSyncView } from "../../src/contract/config-edit.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import type { Explanation } from "../../src/model/setting.ts";
import { FILES } from "./ade-platform.ts";
import { openSeed, type SeedScene } from "./seed-scene.ts";

const TESTING = "environments/testing/.env";

let scene: SeedScene;
beforeAll(async () => {
  scene = openSeed(FILES);
  await scene.must("me init --name dev");
  for (const name of ["testing", "production"]) {
    await scene.must(`identity create -e ${name}`);
    for (const key of ["POSTGRES_PASSWORD", "GRAFANA_ADMIN_PASSWORD"])
      await scene.must(`secret set ${key} -e ${name}`, { input: `planted-${name}-${key}-0123456789` });
  }
});
afterAll(() => scene.remove());

describe("the layout loads as Docker Compose reads it", () => {
  const common = { POSTGRES_PASSWORD: null, DATABASE_URL: null, GRAFANA_PORT: 3000 };
  const rows: [string, Record<string, unknown>][] = [
    [
      "development",
      {
        COMPOSE_PROJECT_NAME: "ade-development",
        ENVIRONMENT: "development",
        ADE_VERSION: "1.5.0",
        DEBUG: true,
        LOG_LEVEL: "DEBUG",
        LOG_FORMAT: "text",
        API_PORT: 8000,
        API_WORKERS: 1,
        HEALTH_INTERVAL: 30_000,
        POSTGRES_DB: "ade_development",
        PROMETHEUS_PORT: 9090,
        PRICE_FORMAT: "$0.00",
      },
    ],
    [
      "testing",
      {
        COMPOSE_PROJECT_NAME: "ade-testing",
        ENVIRONMENT: "testing",
        ADE_VERSION: "1.4.2",
        DEBUG: false,
        LOG_LEVEL: "INFO",
        LOG_FORMAT: "text",
        API_PORT: 8100,
        API_WORKERS: 2,
        POSTGRES_DB: "ade_testing",
        PROMETHEUS_PORT: 9190,
        GRAFANA_ADMIN_PASSWORD: null,
      },
    ],
    [
      "production",
      {
        COMPOSE_PROJECT_NAME: "ade-production",
        ENVIRONMENT: "production",
        ADE_VERSION: "1.4.2",
        DEBUG: false,
        LOG_LEVEL: "INFO",
        LOG_FORMAT: "json",
        API_PORT: 8000,
        API_WORKERS: 8,
        HEALTH_INTERVAL: 10_000,
        POSTGRES_DB: "ade_production",
        PROMETHEUS_PORT: 9090,
        PRICE_FORMAT: "$0.00",
        GRAFANA_ADMIN_PASSWORD: null,
      },
    ],
  ];
  test.each(rows)("%s", async (name, expected) => {
    expect(await scene.values(name)).toEqual({ ...common, ...expected });
  });

  test("the development password is found in plain; elsewhere nothing is", async () => {
    expect(await scene.check("development")).toEqual(["warning SETTING_SECRET_IN_PLAIN POSTGRES_PASSWORD"]);
    expect(await scene.check("testing")).toEqual([]);
    expect(await scene.check("production")).toEqual([]);
  });

  test("a default of the file gives way to the process environment, and the history has both", async () => {
    const variables = { API_PORT: "8080" };
    const { value, layers } = await scene.must<Explanation>("config explain API_PORT -e development", {
      variables,
    });
    expect(value).toBe(8080);
    expect(layers.map(({ source, wins }) => [source, wins])).toEqual([
      ["environments/development/.env", false],
      ["process environment", true],
    ]);
  });

  test("databases are apart, and everything else that differs is known", async () => {
    const changes = await scene.diff("testing", "production");
    expect(changes.POSTGRES_DB).toMatchObject({ byDesign: true, verdict: "different" });
    const unexpected = Object.entries(changes).filter(([, { byDesign }]) => !byDesign);
    expect(unexpected.map(([key]) => key)).toEqual([
      "GRAFANA_ADMIN_PASSWORD",
      "HEALTH_INTERVAL",
      "LOG_FORMAT",
      "POSTGRES_PASSWORD",
      "PRICE_FORMAT",
      "PROMETHEUS_PORT",
    ]);
  });
});

describe("sync development testing", () => {
  test("what flows is written as Compose reads it; what is sensitive or differs by design stays", async () => {
    const secrets = scene.read("secrets/testing.yaml");
    const answer = await scene.must<ConfigSyncView>("config sync development testing");
    const fates = Object.fromEntries(answer.settings.map(({ name, fate }) => [name, fate]));
    expect(fates).toEqual({
      COMPOSE_PROJECT_NAME: "pinned",
      ENVIRONMENT: "pinned",
      ADE_VERSION: "write",
      DEBUG: "pinned",
      LOG_LEVEL: "pinned",
      LOG_FORMAT: "same",
      API_PORT: "pinned",
      API_WORKERS: "pinned",
      HEALTH_INTERVAL: "write",
      POSTGRES_DB: "pinned",
      POSTGRES_PASSWORD: "sensitive",
      DATABASE_URL: "pinned",
      PROMETHEUS_PORT: "write",
      GRAFANA_PORT: "same",
      PRICE_FORMAT: "write",
    });
    expect(scene.read("secrets/testing.yaml")).toBe(secrets);
    const values = await scene.values("testing");
    expect(values).toMatchObject({
      ADE_VERSION: "1.5.0",
      HEALTH_INTERVAL: 30_000,
      PROMETHEUS_PORT: 9090,
      PRICE_FORMAT: "$0.00",
      POSTGRES_DB: "ade_testing",
      API_PORT: 8100,
    });
    expect(scene.read(TESTING)).toContain("PROMETHEUS_PORT=$" + "{PROMETHEUS_PORT:-9090}\n");
    expect(scene.read(TESTING)).not.toContain("planted");
    expect(await scene.check("testing")).toEqual([]);
  });

  test("the state before was kept, and can be gone back to", async () => {
    const { revisions } = await scene.must<ConfigHistoryView>("config history -e testing");
    expect(revisions.length).toBeGreaterThanOrEqual(2);
    await scene.must("config rollback previous -e testing --reason back");
    expect(scene.read(TESTING)).toBe(FILES[TESTING]);
  });

  test("nothing is written where the target would be invalid afterwards", async () => {
    const path = "environments/development/.env";
    scene.write(path, FILES[path].replace("1.5.0", "next"));
    const before = scene.read(TESTING);
    const { error } = await scene.command("config sync development testing");
    expect(error?.code).toBe("OPERATION_REFUSED");
    expect(scene.read(TESTING)).toBe(before);
    scene.write(path, FILES[path]);
  });
});
