/** What an environment's policies and folders become for a run. */
import { describe, expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { conditionsOf } from "./run-conditions.ts";

const MANIFEST = `project: shop
environments:
  development: {}
  staging:
    short: stg
    folders: { data: "var/{short}/data", logs: { path: "var/{env}/logs", mode: "0750" } }
    policies:
      run: { view: own, umask: "0027", limits: { time: 5m, unenforced: warn }, writable: ["build/{env}"] }
      logs: { sink: file }
  production:
    folders: { data: var/production/data, shared: "./var/stg/data" }
layers: [base.env, "config/{env}.env?", { path: "only.env", only: [production] }, { command: [print, x] }]
`;

const { project } = readManifest(MANIFEST, { root: "/project", file: "ringfence.yaml" });
const of = (name: string) => conditionsOf(project!, project!.environments.find((one) => one.name === name)!);

test("nothing is demanded where nothing is declared", () => {
  expect(of("development")).toEqual({
    folders: [],
    limits: undefined,
    umask: undefined,
    view: undefined,
    logLevel: "DEBUG",
    logFormat: "text",
    logFile: undefined,
  });
});

test("limits, umask, and folders with the environment's names in their paths", () => {
  expect(of("staging")).toMatchObject({
    limits: { timeMs: 300_000, unenforced: "warn" },
    umask: 0o027,
    folders: [
      { name: "data", path: "var/stg/data", mode: 0o700 },
      { name: "logs", path: "var/staging/logs", mode: 0o750 },
    ],
    logFormat: "json",
  });
});

describe("the log file", () => {
  test("lies in the environment's folder for logs, else among Ringfence's own", () => {
    expect(of("staging").logFile?.path).toBe("var/staging/logs/{command}.log");
    expect(of("production").logFile).toMatchObject({
      path: ".ringfence/logs/production/{command}.log",
      keep: 30,
    });
  });
});

test("a view hides what others have, and not what is its own as well", () => {
  const { hidden, writable } = of("staging").view!;
  expect(hidden.toSorted()).toEqual([
    "config/development.env",
    "config/production.env",
    "only.env",
    "secrets/development.yaml",
    "secrets/production.yaml",
    "var/production/data",
  ]);
  expect(writable).toEqual(["build/staging"]);
});
