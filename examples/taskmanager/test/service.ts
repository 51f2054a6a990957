/** Starts the real services for a test, with the values that the project's own files have for an environment. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { vi } from "vitest";
import { parse } from "yaml";
import { startApi } from "../src/api-server.ts";
import { readSettings } from "../src/settings.ts";
import { startWorker } from "../src/worker-loop.ts";

export const project = fileURLToPath(new URL("..", import.meta.url));

/** What a process gets in that environment; the one reference in the files is filled in by hand. */
export function variablesOf(environment: string): Record<string, string> {
  const base = parse(readFileSync(join(project, "config/base.yaml"), "utf8")) as Record<string, unknown>;
  const own = parseEnv(readFileSync(join(project, `config/environments/${environment}/.env`), "utf8"));
  const all = {
    ...base,
    ...own,
    CELERY_BROKER_URL: base.DATABASE_URL,
    JWT_SECRET_KEY: `${environment} key ${"k".repeat(32)}`,
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
}

export interface Service {
  readonly url: string;
  readonly dataFolder: string;
  readonly lines: string[];
  call(route: string, body?: unknown, token?: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param dataFolder a new one unless told, so that two services can share one. */
export async function start(
  kind: "api" | "worker",
  environment: string,
  dataFolder = mkdtempSync(join(tmpdir(), "taskmanager-")),
  change: Record<string, string> = {},
): Promise<Service> {
  for (const [name, value] of Object.entries({ ...variablesOf(environment), PORT: "0", ...change })) {
    vi.stubEnv(name, value);
  }
  const lines: string[] = [];
  const running = await (kind === "api" ? startApi : startWorker)({
    settings: readSettings(),
    environment,
    release: "1.0.0",
    dataFolder,
    log: (level, message, facts) => lines.push(JSON.stringify({ level, message, ...facts })),
  });
  vi.unstubAllEnvs();
  const url = `http://127.0.0.1:${running.port}`;
  return {
    url,
    dataFolder,
    lines,
    async call(route, body, token) {
      const [method = "GET", path = "/"] = route.split(" ");
      const response = await fetch(url + path, {
        method,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
      const text = await response.text();
      const json = response.headers.get("content-type") === "application/json";
      return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
    },
    stop: () => running.stop(),
  };
}

/** Waits for a condition by looking again and again. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 1_000; i++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it never happened");
}
