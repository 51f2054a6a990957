/** Blue-green under load: thousands of requests over three switches, and not one may fail. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  anyPort,
  eventually,
  fence,
  setOf,
  waitReady,
  writeService,
} from "../../../test/contracts/target.ts";
import { openProcessTarget } from "./index.ts";

const REQUESTS_PER_SECOND = 500;
const BATCH_MS = 10;
/** Traffic between two switches. */
const REQUESTS_BETWEEN = 700;

const root = mkdtempSync(join(tmpdir(), "ringfence-load-"));
const keyFile = join(root, "identity");
writeFileSync(keyFile, randomBytes(32).toString("hex"));
const target = openProcessTarget({
  environment: "load",
  folder: join(root, "load"),
  keyFile,
  production: false,
});
afterEach(async () => {
  await target.shutdown(fence(1_000_000));
  rmSync(root, { recursive: true });
});

interface Sent {
  sent: number;
  answered: number;
  readonly failures: string[];
  readonly releases: Map<string, number>;
}

function send(
  options: object,
  body: Buffer | undefined,
): Promise<{ status: number; text: string; release: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const release = String(answer.headers["x-release"] ?? "");
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString(), release });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Open loop: requests leave on time whether earlier ones were answered or not. */
function load(port: number) {
  const kept = new Agent({ keepAlive: true, maxSockets: 40 });
  const result: Sent = { sent: 0, answered: 0, failures: [], releases: new Map() };
  const one = async (number: number) => {
    const agent = number % 2 === 0 ? kept : new Agent({ keepAlive: false });
    const base = { host: "127.0.0.1", port, agent };
    const slow = number % 25 === 0;
    const post = number % 5 === 1;
    const body = post ? randomBytes(1 + ((number * 997) % 40_000)) : undefined;
    const path = slow ? "/slow?ms=300" : post ? "/echo" : "/version";
    try {
      const answer = await send({ ...base, path, method: post ? "POST" : "GET" }, body);
      const whole = !body || answer.text === createHash("sha256").update(body).digest("hex");
      if (answer.status !== 200 || !whole) result.failures.push(`${path}: ${answer.status} ${answer.text}`);
      const release = post ? answer.release : answer.text;
      result.releases.set(release, (result.releases.get(release) ?? 0) + 1);
    } catch (error) {
      result.failures.push(`${path}: ${error}`);
    }
    result.answered += 1;
  };
  const started = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * REQUESTS_PER_SECOND;
    while (result.sent < due) void one(++result.sent);
  }, BATCH_MS);
  const passed = (count: number) => {
    const until = result.answered + count;
    return eventually(() => result.answered >= until, `${count} more answers`);
  };
  const stop = async () => {
    clearInterval(timer);
    await eventually(() => result.answered === result.sent, "all are answered");
    kept.destroy();
    return result;
  };
  return { passed, stop };
}

test("no request fails over three switches, slow ones in flight and bodies whole", async () => {
  const port = await anyPort();
  const artifact = writeService(join(root, "artifact"));
  const start = async (name: string) => {
    await target.start(fence(1), setOf(name, artifact, port));
    await waitReady(target, name);
  };
  await target.claim(fence(1));
  await start("r1");
  await target.route(fence(1), "r1");
  const traffic = load(port);
  await traffic.passed(REQUESTS_BETWEEN);
  for (const [from, to] of [
    ["r1", "r2"],
    ["r2", "r3"],
    ["r3", "r4"],
  ] as const) {
    await start(to);
    await target.route(fence(1), to, from);
    await traffic.passed(REQUESTS_BETWEEN);
    await target.route(fence(1), to);
    await target.retire(fence(1), from, 10_000);
  }
  await traffic.passed(REQUESTS_BETWEEN);
  const { sent, failures, releases } = await traffic.stop();
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(REQUESTS_BETWEEN * 5 - 1);
  expect([...releases.keys()].sort()).toEqual(["r1", "r2", "r3", "r4"]);
  const [counted] = await target.traffic("r4");
  expect(counted).toMatchObject({ failures: 0, rescued: 0 });
});
