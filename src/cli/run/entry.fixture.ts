/** Starts the bundled hot entry in a fresh project for each test. For tests. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { readSpool, SPOOL_START, spoolPath } from "../../snapshot/spool.ts";
import { bundleHot, createTestProject, type TestProject } from "./project.fixture.ts";

/** The bundled entry's path. */
export let entry: string;
/** The running test's project. */
export let project: TestProject;

/** To be called once at the top of a test file. */
export function useHotEntry(): void {
  let bundle: string;
  beforeAll(async () => {
    bundle = mkdtempSync(join(tmpdir(), "ringfence-hot-"));
    entry = await bundleHot(bundle);
  });
  afterAll(() => rmSync(bundle, { recursive: true, force: true }));
  beforeEach(() => {
    project = createTestProject();
  });
  afterEach(() => project.remove());
}

export type Variables = Record<string, string>;

export function variablesOf(extra: Variables): Variables {
  return { PATH: process.env.PATH!, RINGFENCE_HOME: project.home, ...extra };
}

export function run(
  words: readonly string[],
  extra: Variables = {},
  options: { cwd?: string; input?: string } = {},
) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], {
    cwd: options.cwd ?? project.root,
    env: variablesOf(extra),
    encoding: "utf8",
    ...(options.input !== undefined && { input: options.input }),
  });
  return { status, signal, stdout, stderr };
}

export function start(words: readonly string[], extra: Variables = {}): ChildProcess {
  return spawn(process.execPath, [entry, ...words], { cwd: project.root, env: variablesOf(extra) });
}

export async function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout!.once("data", (chunk) => resolve(String(chunk))));
}

export async function endOf(child: ChildProcess): Promise<{ status: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once("close", (status, signal) => resolve({ status, signal })));
}

export function entries(environment = "development") {
  return readSpool(readFileSync(spoolPath(project.root, environment), "utf8"), SPOOL_START);
}

export function script(name: string, text: string, mode = 0o755): string {
  const path = join(project.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

export const STAGING = { environment: "staging", kind: "staging", runOutput: "scrubbed" } as const;
export const PRODUCTION = {
  environment: "production",
  kind: "production",
  production: true,
  runOutput: "scrubbed",
  recordRequired: true,
} as const;
