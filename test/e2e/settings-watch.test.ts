/** `watch` of `ringfence/settings`, with the real command line and real file events. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RingfenceError } from "../../src/base/error.ts";
import type { Secret } from "../../src/settings/index.ts";
import {
  type SettingsChange,
  type SettingsWatch,
  type WatchOptions,
  watchDeclared,
} from "../../src/settings/watch.ts";
import { readSpool, SPOOL_START } from "../../src/snapshot/spool.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments:
  development: {}
  production: { policies: { secrets: { signed: false } } }
layers: [config/base.yaml, "config/{env}.yaml"]
settings:
  LIMIT: { type: integer, required: true }
  LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  TOKEN: { secret: true, required: true }
`;
const LIBRARY = JSON.stringify(fileURLToPath(new URL("../../dist/settings.js", import.meta.url)));

interface Shop {
  readonly LIMIT: number;
  readonly LEVEL: string;
  readonly TOKEN: Secret;
}

let scene: CliScene;
let watching: SettingsWatch<Shop> | undefined;
let changes: SettingsChange<Shop>[];
let errors: unknown[];

const codes = () => errors.map((error) => (error as RingfenceError).code);

function start(
  options: WatchOptions = {},
  variables: Readonly<Record<string, string>> = {},
  onChange = (change: SettingsChange<Shop>) => void changes.push(change),
): SettingsWatch<Shop> {
  scene.must(["config", "compile", "-e", options.environment ?? "development"]);
  watching = watchDeclared<Shop>(
    onChange,
    {
      project: scene.root,
      home: scene.home,
      command: [process.execPath, ENTRY],
      onError: (error) => errors.push(error),
      ...options,
    },
    variables,
  );
  return watching;
}

/** Waits for a condition; how long it takes is nobody's promise. */
const until = (holds: () => void) => vi.waitFor(holds, { timeout: 45_000, interval: 20 });

beforeEach(() => {
  changes = [];
  errors = [];
  scene = openCliScene(MANIFEST);
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "ada"]);
  scene.write("config/base.yaml", "LIMIT: 10\n");
  for (const environment of ["development", "production"]) {
    scene.write(`config/${environment}.yaml`, "LEVEL: INFO\n");
    scene.must(["identity", "create", "-e", environment]);
    scene.must(["secret", "set", "TOKEN", "-e", environment], `token-of-${environment}`);
  }
});

afterEach(() => {
  watching?.close();
  scene.remove();
});

test("what was saved together is one change, a secret among it; what did not change is none", async () => {
  const { settings } = start();
  expect(settings).toMatchObject({ LIMIT: 10, LEVEL: "INFO" });
  scene.write("config/base.yaml", "LIMIT: 11\n");
  scene.write("config/development.yaml", "LEVEL: DEBUG\n");
  await until(() => expect(changes).toHaveLength(1));
  expect(changes[0]).toMatchObject({ changed: ["LEVEL", "LIMIT"], settings: { LIMIT: 11, LEVEL: "DEBUG" } });
  expect(watching?.settings).toBe(changes[0]?.settings);
  expect(settings.LIMIT).toBe(10);

  scene.write("config/base.yaml", "# the same\nLIMIT: 11\n");
  scene.must(["secret", "set", "TOKEN", "-e", "development"], "another-token");
  await until(() => expect(changes).toHaveLength(2));
  expect(changes[1]?.changed).toEqual(["TOKEN"]);
  expect(changes[1]?.settings.TOKEN.open()).toBe("another-token");
  expect(errors).toEqual([]);
});

test("what is wrong, missing or sealed is reported and the last good settings stay; mended, they change", async () => {
  const { settings } = start();
  scene.write("config/base.yaml", "LIMIT: many\n");
  await until(() => expect(codes()).toEqual(["SETTINGS_REFUSED"]));
  expect(watching).toMatchObject({ error: errors[0], settings });
  expect(errors[0]).toMatchObject({ details: { findings: [{ code: "SETTING_TYPE" }] } });

  rmSync(join(scene.root, "config/base.yaml"));
  await until(() => expect(codes()).toHaveLength(2));
  expect(errors[1]).toMatchObject({
    details: {
      findings: expect.arrayContaining([expect.objectContaining({ code: "SETTING_LAYER_MISSING" })]),
    },
  });

  scene.write("config/base.yaml", "LIMIT: 12\n");
  await until(() => expect(changes).toHaveLength(1));
  expect(watching?.error).toBeUndefined();

  const identity = join(scene.home, "identities/shop/development.txt");
  renameSync(identity, `${identity}.away`);
  await until(() => expect(codes()).toHaveLength(3));
  expect(watching?.settings).toMatchObject({ LIMIT: 12 });
  renameSync(`${identity}.away`, identity);
  await until(() => expect(watching?.error).toBeUndefined());
  expect(changes).toHaveLength(1);
});

test("a folder that is replaced, and a file that only the new manifest names", async () => {
  start();
  rmSync(join(scene.root, "config"), { recursive: true });
  await until(() => expect(codes()).not.toEqual([]));
  mkdirSync(join(scene.root, "config"));
  scene.write("config/development.yaml", "LEVEL: DEBUG\n");
  scene.write("config/base.yaml", "LIMIT: 13\n");
  await until(() => expect(changes.at(-1)?.settings).toMatchObject({ LIMIT: 13, LEVEL: "DEBUG" }));

  const before = errors.length;
  scene.write("more/own.yaml", "LIMIT: many\n");
  scene.write(
    "ringfence.yaml",
    scene.read("ringfence.yaml").replace("layers: [", "layers: [more/own.yaml, "),
  );
  scene.write("config/base.yaml", "{}\n");
  await until(() => expect(errors.length).toBeGreaterThan(before));
  scene.write("more/own.yaml", "LIMIT: 14\n");
  await until(() => expect(changes.at(-1)?.settings).toMatchObject({ LIMIT: 14 }));
});

test("a listener that throws is told of it, and goes on being told of changes", async () => {
  const failing = (change: SettingsChange<Shop>) => {
    changes.push(change);
    throw new Error("no such pool");
  };
  start({}, {}, failing);
  for (const limit of [11, 12]) {
    scene.write("config/base.yaml", `LIMIT: ${limit}\n`);
    await until(() => expect(changes.at(-1)?.settings.LIMIT).toBe(limit));
  }
  expect(errors).toEqual([new Error("no such pool"), new Error("no such pool")]);
  expect(watching?.error).toBeUndefined();
});

test("without the command nothing can change, and that is said", async () => {
  start({ command: ["/nonexistent/ringfence"] });
  scene.write("config/base.yaml", "LIMIT: 11\n");
  await until(() => expect(codes()).toEqual(["SETTINGS_REFUSED"]));
  // Whoever else compiles delivers the change.
  scene.must(["config", "compile", "-e", "development"]);
  await until(() => expect(changes).toHaveLength(1));
  expect(watching?.error).toBeUndefined();
});

test("each change of a production environment is recorded before it is handed over", async () => {
  start({ environment: "production" });
  scene.write("config/base.yaml", "LIMIT: 11\n");
  await until(() => expect(changes).toHaveLength(1));
  const { entries } = readSpool(scene.read(".ringfence/spool/production.jsonl"), SPOOL_START);
  const handed = entries.filter((entry) => "method" in entry);
  expect(handed.map(({ method }) => method)).toEqual(["flag", "flag"]);
  expect(handed[0]?.revision).not.toBe(handed[1]?.revision);
});

test("a release refuses to be watched", () => {
  expect(() => start({}, { RINGFENCE_RELEASE: "1.0.0" })).toThrow(
    expect.objectContaining({ code: "SETTINGS_UNWATCHABLE" }),
  );
});

test("an application that a run started follows the files until it closes the watch, and then can end", async () => {
  scene.write(
    "app.mjs",
    `import { watch } from ${LIBRARY};
    const watching = watch(({ changed, settings }) => { console.log(changed.join(), settings.LIMIT); watching.close(); clearInterval(alive); },
      { home: process.argv[2], command: [process.execPath, ${JSON.stringify(ENTRY)}] });
    const alive = setInterval(() => {}, 1_000_000);
    console.log("ready", watching.settings.LIMIT);`,
  );
  const words = ["run", "-e", "development", "--", process.execPath, "app.mjs", scene.home];
  const env = { PATH: process.env.PATH, HOME: scene.root, RINGFENCE_HOME: scene.home };
  const child = spawn(process.execPath, [ENTRY, ...words], { cwd: scene.root, env });
  const ended = once(child, "close");
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith("ready")) scene.write("config/base.yaml", "LIMIT: 11\n");
  }
  expect(lines).toEqual(["ready 10", "LIMIT 11"]);
  expect(await ended).toEqual([0, null]);
});
