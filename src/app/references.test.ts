/** Values of other stores on their way into a run: asked in time, kept no longer than the policy says. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redact } from "../base/redact.ts";
import { environmentOf } from "../model/project.ts";
import type { Clock } from "../ports/clock.ts";
import type { SecretAnswer, SecretReference, SecretStore } from "../ports/secret-store.ts";
import { snapshotPath } from "../snapshot/snapshot.ts";
import { type App, openApp } from "./app.ts";
import { keepLeases } from "./reference-leases.ts";
import { type PrepareOptions, prepared } from "./references.ts";
import { configure } from "./resolution.ts";
import { compileRun } from "./run.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
let root: string;
let now: number;
let waits: number[];
let calls: SecretReference[][];
let given: string[];
let answers: Record<string, SecretAnswer>;

const found = (text: string): SecretAnswer => ({ kind: "found", text, version: undefined });
const AWAY: SecretAnswer = { kind: "unreachable", why: "no answer" };

/** A store in memory. */
const store: SecretStore = {
  schemes: ["vault"],
  async read(references) {
    calls.push([...references]);
    return references.map(({ path }) => answers[path] ?? { kind: "missing", why: "there is none" });
  },
  leases: {
    async renew(lease) {
      given.push(`renew ${lease.id}`);
      if (lease.id === "short") return { kind: "denied", why: "too old" };
      return { ...lease, durationMs: lease.id === "capped" ? NOW + 30_000 - now : 60_000 };
    },
    async revoke(lease) {
      given.push(`revoke ${lease.id}`);
      return { kind: "revoked" };
    },
  },
};

const clock: Clock = {
  now: () => now,
  async wait(milliseconds, signal) {
    signal?.throwIfAborted();
    waits.push(milliseconds);
    now += milliseconds;
  },
};

const MANIFEST = `project: shop
environments:
  development: {}
  kept: { kind: development, policies: { secrets: { cache: 5m, offline: 1h } } }
layers: [.env, "{env}.env?"]
stores:
  own: { command: [sh, -c, "printf '%s' value-of-own; touch ran", "{reference}"], timeout: 5s }
settings:
  USER_NAME: { secret: true }
  PASSWORD: { secret: true, required: true }
  URL: {}
  BUILD_KEY: { secret: true, phase: build }
`;

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-references-"));
  mkdirSync(join(root, "project"));
  root = join(root, "project");
  [now, waits, calls, given, answers] = [NOW, [], [], [], {}];
  write("ringfence.yaml", MANIFEST);
  write(".env", "");
});
afterEach(() => rmSync(join(root, ".."), { recursive: true }));

const variables = () => ({ RINGFENCE_HOME: join(root, "..", "home"), PATH: process.env.PATH });

function open(): App {
  return openApp({ folder: root, variables: variables(), clock, secretStores: { vault: store } });
}

async function prepare(environment = "development", options: PrepareOptions = { phase: "run" }) {
  const app = open();
  const one = environmentOf(app.project, environment)!;
  const result = await prepared(app, one, (inside) => configure(inside, one), options);
  await app.close();
  return result;
}

describe("asking", () => {
  test("each secret once, in one call; only what the phase needs", async () => {
    write(
      ".env",
      `USER_NAME=vault://kv/db#user\nPASSWORD=vault://kv/db#password\nURL=pg://\${USER_NAME}:\${PASSWORD}@h\nBUILD_KEY=vault://kv/build\n`,
    );
    answers["kv/db"] = found('{"user":"ada","password":"pw-of-{env}"}');
    const { resolution, asked } = await prepare();
    expect(resolution.settings.get("URL")).toMatchObject({ text: "pg://ada:pw-of-{env}@h", secret: true });
    expect(resolution.settings.get("BUILD_KEY")).toMatchObject({ sealed: true, text: "" });
    expect(calls.map((call) => call.map(({ path }) => path))).toEqual([["kv/db"]]);
    expect(asked).toBe(1);
    expect(redact("x pw-of-{env} y")).not.toContain("pw-of");
  });

  test("nothing where nothing is kept elsewhere", async () => {
    write(".env", "PASSWORD=plain\n");
    await prepare();
    expect(calls).toEqual([]);
  });

  test("the environment's own names stand in a reference", async () => {
    write(".env", "PASSWORD=vault://kv/{env}\n");
    answers["kv/development"] = found("one-of-development");
    expect((await prepare()).resolution.settings.get("PASSWORD")!.text).toBe("one-of-development");
  });

  test("again where the store can't be reached, and nothing else; then it is an error that names all", async () => {
    write(".env", "USER_NAME=vault://kv/a\nPASSWORD=vault://kv/b\n");
    answers = { "kv/a": AWAY, "kv/b": { kind: "denied", why: "not for you" } };
    await expect(prepare()).rejects.toMatchObject({
      code: "REFERENCE_UNRESOLVED",
      exit: 12,
      details: {
        references: [
          { setting: "USER_NAME", reference: "vault://kv/a", where: ".env:1:1" },
          { setting: "PASSWORD", reference: "vault://kv/b", where: ".env:2:1" },
        ],
      },
    });
    expect(calls.map((call) => call.length)).toEqual([2, 1, 1]);
    expect(waits).toHaveLength(2);
  });

  test("a scheme that nothing answers", async () => {
    write(".env", "PASSWORD=aws-sm://a\n");
    const app = openApp({ folder: root, variables: variables(), clock });
    const one = environmentOf(app.project, "development")!;
    const report = await prepared(
      { ...app, secretStore: async () => undefined },
      one,
      (inside) => configure(inside, one),
      { report: true },
    );
    expect(report.resolution.findings.map(({ code }) => code)).toEqual(["REFERENCE_UNAVAILABLE"]);
  });

  test.each(["own://a", 'cmd:["sh","-c","printf x; touch ran"]'])(
    "%s runs nothing before it is trusted",
    async (text) => {
      write(".env", `PASSWORD=${text.includes('"') ? `'${text}'` : text}\n`);
      await expect(prepare()).rejects.toMatchObject({ code: "TRUST_REQUIRED" });
      expect(existsSync(join(root, "ran"))).toBe(false);
    },
  );
});

describe("while a store can't be reached", () => {
  beforeEach(async () => {
    write(".env", "PASSWORD=vault://kv/a\n");
    answers["kv/a"] = found("earlier-answer");
    await prepare("kept");
    await prepare("development");
  });

  test.each([
    ["unreachable", 59 * 60_000, "earlier-answer"],
    ["unreachable", 61 * 60_000, undefined],
    ["unreachable", -60_000, undefined],
    ["denied", 0, undefined],
    ["missing", 0, undefined],
  ] as const)("%s after %i ms: %s", async (kind, later, text) => {
    now = NOW + later;
    answers["kv/a"] = { kind, why: "no" };
    const result = prepare("kept");
    if (text === undefined) {
      await expect(result).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
      return;
    }
    const { resolution, offline } = await result;
    expect(resolution.settings.get("PASSWORD")!.text).toBe(text);
    expect(offline).toEqual(["PASSWORD"]);
    const app = open();
    const events = await app.store.read((view) => view.events.range(0, 100));
    await app.close();
    expect(JSON.stringify(events)).toContain("reference.offline");
  });

  test("no other environment's answer helps, nor one whose policy says nothing", async () => {
    answers["kv/a"] = AWAY;
    await expect(prepare("development")).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
    expect(existsSync(join(root, ".ringfence/cache/development.references"))).toBe(false);
  });
});

describe("a compiled run", () => {
  const compiled = (environment: string) =>
    compileRun({
      folder: root,
      environment,
      force: undefined,
      variables: variables(),
      warn: () => {},
    });
  beforeEach(() => {
    write(".env", "PASSWORD=file:secret\n");
    write("secret", "in-a-file\n");
  });

  test.each([
    ["development", false],
    ["kept", true],
  ])("of %s is kept: %s", async (environment, isKept) => {
    const { snapshot } = await compiled(environment);
    expect(snapshot.variables.PASSWORD).toBe("in-a-file");
    expect(existsSync(snapshotPath(root, environment))).toBe(isKept);
  });

  test("a file that is gone", async () => {
    rmSync(join(root, "secret"));
    await expect(compiled("kept")).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
    expect(existsSync(snapshotPath(root, "kept"))).toBe(false);
  });
});

describe("leases", () => {
  const lease = (id: string, renewable = true) => ({ id, durationMs: 30_000, renewable });
  const leased = (id: string): SecretAnswer => ({
    kind: "found",
    text: `value-${id}`,
    version: undefined,
    lease: lease(id),
  });

  test("are given back where something else fails", async () => {
    write(".env", "USER_NAME=vault://kv/lease\nPASSWORD=vault://kv/nothing\n");
    answers["kv/lease"] = leased("a");
    await expect(prepare()).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
    expect(given).toEqual(["revoke a"]);
  });

  test("are refused and given back where a lasting secret is needed", async () => {
    write(".env", "PASSWORD=vault://kv/lease\n");
    answers["kv/lease"] = leased("a");
    await expect(prepare("development", { lasting: true })).rejects.toMatchObject({
      code: "REFERENCE_LEASED",
    });
    expect(given).toEqual(["revoke a"]);
  });

  test("are given back where another store throws, even if it does so first", async () => {
    write(".env", "USER_NAME=aws-sm://broken\nPASSWORD=vault://kv/lease\n");
    answers["kv/lease"] = leased("a");
    let threw = () => {};
    const broken = new Promise<void>((resolve) => {
      threw = resolve;
    });
    const vault: SecretStore = {
      ...store,
      read: (references, signal) => broken.then(() => store.read(references, signal)),
    };
    const aws: SecretStore = {
      schemes: ["aws-sm"],
      async read() {
        setImmediate(threw);
        throw new Error("broken");
      },
    };
    const app = openApp({
      folder: root,
      variables: variables(),
      clock,
      secretStores: { vault, "aws-sm": aws },
    });
    const one = environmentOf(app.project, "development")!;
    await expect(prepared(app, one, (inside) => configure(inside, one))).rejects.toThrow("broken");
    await app.close();
    expect(given).toEqual(["revoke a"]);
  });

  test("are given back where their own store throws when it is asked again", async () => {
    write(".env", "USER_NAME=vault://kv/away\nPASSWORD=vault://kv/lease\n");
    answers = { "kv/lease": leased("a"), "kv/away": AWAY };
    const vault: SecretStore = {
      ...store,
      read: async (references, signal) => {
        if (calls.length === 1) throw new Error("broken");
        return store.read(references, signal);
      },
    };
    const app = openApp({ folder: root, variables: variables(), clock, secretStores: { vault } });
    const one = environmentOf(app.project, "development")!;
    await expect(prepared(app, one, (inside) => configure(inside, one))).rejects.toThrow("broken");
    await app.close();
    expect(given).toEqual(["revoke a"]);
  });

  test("are no part of what is kept for later", async () => {
    write(".env", "PASSWORD=vault://kv/lease\n");
    answers["kv/lease"] = leased("a");
    expect((await prepare("kept")).leases).toMatchObject([{ lease: { id: "a" } }]);
    answers["kv/lease"] = AWAY;
    await expect(prepare("kept")).rejects.toMatchObject({ code: "REFERENCE_UNRESOLVED" });
  });

  test("are renewed after two thirds of their time, until the run ends, and given back once", async () => {
    const ended = new Promise<void>((resolve) => {
      const held = [{ store, lease: lease("a"), reference: "vault://kv/lease" }];
      const keeper = keepLeases(held, {
        clock: {
          now: clock.now,
          async wait(milliseconds, signal) {
            if (waits.length === 2)
              keeper
                .end()
                .then(() => keeper.end())
                .then(resolve);
            await clock.wait(milliseconds, signal);
          },
        },
        warn: (text) => given.push(text),
      })!;
      keeper.start();
    });
    await ended;
    expect(waits).toEqual([20_000, 40_000]);
    expect(given).toEqual(["renew a", "renew a", "revoke a"]);
  });

  test.each([
    ["short", true, ["renew short"]],
    ["fixed", false, []],
  ])("%s can't be renewed: that is said with its end", async (id, renewable, asked) => {
    const warned = await new Promise<string>((resolve) => {
      const held = [{ store, lease: lease(id, renewable), reference: "vault://kv/lease" }];
      keepLeases(held, { clock, warn: resolve })!.start();
    });
    expect(warned).toContain("2026-11-21T12:00:30.000Z");
    expect(given).toEqual(asked);
  });

  test("one that gets no more time is said so once, while it lasts", async () => {
    const warned: { text: string; at: number }[] = [];
    await new Promise<void>((resolve) => {
      const wait: Clock["wait"] = async (milliseconds, signal) => {
        if (waits.length === 4) keeper.end().then(resolve);
        await clock.wait(milliseconds, signal);
      };
      const held = [{ store, lease: lease("capped"), reference: "vault://kv/lease" }];
      const warn = (text: string) => void warned.push({ text, at: now });
      const keeper = keepLeases(held, { clock: { now: clock.now, wait }, warn })!;
      keeper.start();
    });
    expect(given.filter((call) => call === "renew capped")).toHaveLength(4);
    expect(warned).toEqual([{ text: expect.stringContaining("2026-11-21T12:00:30.000Z"), at: NOW + 20_000 }]);
  });

  test("a lease of many weeks is renewed as late as a timer can wait", async () => {
    const waited = await new Promise<number>((resolve) => {
      const year = { ...lease("long"), durationMs: 365 * 24 * 3_600_000 };
      const wait: Clock["wait"] = async (milliseconds) => {
        resolve(milliseconds);
        keeper.end();
      };
      const held = [{ store, lease: year, reference: "vault://kv/lease" }];
      const keeper = keepLeases(held, { clock: { now: clock.now, wait }, warn: () => {} })!;
      keeper.start();
    });
    expect(waited).toBe(2 ** 31 - 1);
  });

  test("none: nothing is kept", () => {
    expect(keepLeases([], { clock, warn: () => {} })).toBeUndefined();
  });
});
