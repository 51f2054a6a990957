/** The releases as processes: they end in order, and the demo's broken ones are broken as described. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { eventually, project, variablesOf } from "./service.ts";

const scratch = mkdtempSync(join(tmpdir(), "taskmanager-process-"));
const settings = fileURLToPath(new URL("../../../src/settings/index.ts", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function bundle(release: string, service: "api" | "worker"): Promise<string> {
  const folder = mkdtempSync(join(scratch, `${release}-`));
  cpSync(join(project, "src"), join(folder, "src"), { recursive: true });
  if (release !== "1.0.0") cpSync(join(project, "demo", release), folder, { recursive: true });
  const outfile = join(folder, `${service}.mjs`);
  await build({
    entryPoints: [join(folder, "src", `${service}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    alias: { "ringfence/settings": settings },
    nodePaths: [join(createRequire(import.meta.url).resolve("esbuild"), "../../..")],
    logLevel: "silent",
  });
  return outfile;
}

interface Process {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<number | null>;
  output(): string;
}

async function run(
  release: string,
  service: "api" | "worker",
  dataFolder = mkdtempSync(join(scratch, "data-")),
): Promise<Process> {
  const file = await bundle(release, service);
  const env = {
    ...variablesOf("production"),
    PORT: "0",
    RINGFENCE_ENVIRONMENT: "production",
    RINGFENCE_RELEASE: release,
    RINGFENCE_DATA: dataFolder,
  };
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const port = await eventually(() => {
    if (child.exitCode !== null) throw new Error(output);
    return /"message":"started".*"port":(\d+)/.exec(output)?.[1];
  });
  return { child, url: `http://127.0.0.1:${port}`, ended, output: () => output };
}

describe("on SIGTERM", () => {
  test("the API finishes what is in flight, refuses what comes after, and ends with 0", async () => {
    const api = await run("1.0.0", "api");
    const body = JSON.stringify({ email: "me@example.com", password: "correct horse" });
    // The body is kept back, so that the request is surely in flight when the signal comes.
    let finish = () => {};
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(body.slice(0, 10)));
        finish = () => {
          controller.enqueue(Buffer.from(body.slice(10)));
          controller.close();
        };
      },
    });
    const answer = fetch(`${api.url}/register`, { method: "POST", body: stream, duplex: "half" });
    await fetch(`${api.url}/healthz`);
    api.child.kill("SIGTERM");
    await eventually(() => (api.output().includes("stopping") ? true : undefined));
    await eventually(() =>
      fetch(`${api.url}/healthz`).then(
        () => undefined,
        () => true,
      ),
    );
    finish();
    expect((await answer).status).toBe(201);
    expect(await api.ended).toBe(0);
    expect(api.output()).toContain('"message":"stopped"');
  });

  test("the worker ends with 0", async () => {
    const worker = await run("1.0.0", "worker");
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
    worker.child.kill("SIGTERM");
    expect(await worker.ended).toBe(0);
  });
});

test("services that start at once on a new data folder all start", async () => {
  const dataFolder = mkdtempSync(join(scratch, "data-"));
  const services = await Promise.all(
    (["api", "worker", "api", "worker"] as const).map((service) => run("1.0.0", service, dataFolder)),
  );
  for (const { url } of services) expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

describe("the demo's releases", () => {
  const statusOf = async (url: string) => (await fetch(url)).status;

  test("1.1.0 shows open and overdue tasks", async () => {
    const { url } = await run("1.1.0", "api");
    const answer = await fetch(`${url}/status`);
    expect(await answer.json()).toEqual({
      release: "1.1.0",
      environment: "production",
      tasks: 0,
      open: 0,
      overdue: 0,
    });
  });

  test("1.2.0 is ready and passes a look, but fails under traffic", async () => {
    const { url } = await run("1.2.0", "api");
    expect([await statusOf(`${url}/readyz`), await statusOf(`${url}/status`)]).toEqual([200, 200]);
    const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(`${url}/status`)));
    const failed = answers.filter(({ status }) => status === 500);
    expect(failed.length).toBeGreaterThan(0);
    expect(answers.length - failed.length).toBeGreaterThan(0);
    expect(await failed[0]!.json()).not.toHaveProperty("traceback");
    expect([await statusOf(`${url}/healthz`), await statusOf(`${url}/readyz`)]).toEqual([200, 200]);
  });

  test("1.3.0 is alive and never ready", async () => {
    const { url } = await run("1.3.0", "api");
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: { database: "no such column: priority" } });
    expect([await statusOf(`${url}/healthz`), await statusOf(`${url}/status`)]).toEqual([200, 200]);
  });
});
