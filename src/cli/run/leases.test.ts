/** A run that holds leases: this process stays beside the command, and gives them back however that ends. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestProject, type TestProject } from "./project.fixture.ts";

const [EXECUTE, ATTEND] = ["execute.ts", "attend.ts"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
let project: TestProject;
beforeEach(() => {
  project = createTestProject();
});
afterEach(() => project.remove());

/** Starts a process that executes with leases which note in a file what is done with them. */
function start(environment: string, command: readonly string[]) {
  const log = join(project.folder, "log");
  const snapshot = project.snapshot(environment === "staging" ? { environment, runOutput: "scrubbed" } : {});
  const text = `
    import { appendFileSync } from "node:fs";
    import { replaceByCommand, resolveRun } from ${JSON.stringify(EXECUTE)};
    import { attend } from ${JSON.stringify(ATTEND)};
    const note = (what) => appendFileSync(${JSON.stringify(log)}, what);
    const leases = { start: () => note("start "), async end() { await new Promise(setImmediate); note("end "); } };
    const request = { environment: ${JSON.stringify(environment)}, set: [], command: ${JSON.stringify(command)} };
    const root = ${JSON.stringify(project.root)};
    const snapshot = ${JSON.stringify(snapshot)};
    const run = resolveRun({ snapshot, root, request, leases, host: ${JSON.stringify(hostname())} });
    replaceByCommand(run, () => note("replaced "));
    process.exitCode = await attend(run);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", text], {
    cwd: project.root,
    env: { PATH: process.env.PATH!, RINGFENCE_HOME: project.home },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise<{ status: number | null; signal: string | null }>((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
  return { child, ended, noted: () => readFileSync(log, "utf8") };
}

test.each([
  ["development", "exit 0", { status: 0, signal: null }],
  ["development", "exit 7", { status: 7, signal: null }],
  ["staging", "exit 7", { status: 7, signal: null }],
  ["development", "kill -TERM $$", { status: null, signal: "SIGTERM" }],
  ["staging", "kill -KILL $$", { status: null, signal: "SIGKILL" }],
])("%s: %s", async (environment, text, expected) => {
  const run = start(environment, ["sh", "-c", text]);
  expect(await run.ended).toEqual(expected);
  expect(run.noted()).toBe("start end ");
});

test("a signal ends the command, then they are given back, then it ends this process", async () => {
  const up = join(project.folder, "up");
  const run = start("development", ["sh", "-c", `echo > '${up}'; exec sleep 30`]);
  while (!existsSync(up)) await new Promise((resolve) => setImmediate(resolve));
  run.child.kill("SIGTERM");
  expect(await run.ended).toEqual({ status: null, signal: "SIGTERM" });
  expect(run.noted()).toBe("start end ");
});
