import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Pool } from "../src/database.ts";
import { addJob, finishJob, takeJobs } from "../src/jobs.ts";
import { eventually, type Service, start as startService } from "./service.ts";

const running: Service[] = [];
async function start(...args: Parameters<typeof startService>): Promise<Service> {
  const service = await startService(...args);
  running.push(service);
  return service;
}
afterEach(async () => {
  const folders = running.map(({ dataFolder }) => dataFolder);
  for (const service of running.splice(0)) await service.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const me = { email: "me@example.com", password: "correct horse" };

function mails(service: Service): string[] {
  try {
    return readdirSync(join(service.dataFolder, "mail")).filter((name) => name.endsWith(".eml"));
  } catch {
    return [];
  }
}

test("the verification mail brings the code that opens the account", async () => {
  const api = await start("api", "production");
  await api.call("POST /register", me);
  const worker = await start("worker", "production", api.dataFolder);
  const name = await eventually(() => mails(worker)[0]);
  const mail = readFileSync(join(worker.dataFolder, "mail", name), "utf8");
  expect(mail).toContain("To: me@example.com\r\n");
  expect(mail).toContain("X-Relay: smtp.sendgrid.net:587\r\n");
  const code = /code is (\w+)/.exec(mail)![1];
  expect((await api.call("POST /verify", { email: me.email, code })).status).toBe(200);
  expect((await api.call("POST /login", me)).status).toBe(200);
  const metrics = await eventually(async () => {
    const { body } = await worker.call("GET /metrics");
    return body.includes('jobs_total{kind="verification",result="done"} 1') ? body : undefined;
  });
  expect(metrics).toContain("db_connections_in_use 0");
  expect((await worker.call("GET /readyz")).status).toBe(200);
});

test("each task that is due within a day is reminded of once, though two workers look", async () => {
  const api = await start("api", "development");
  await api.call("POST /register", me);
  const token = (await api.call("POST /login", me)).body.access_token;
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  for (let i = 0; i < 12; i++) await api.call("POST /tasks", { title: `soon ${i}`, due: inHours(1) }, token);
  await api.call("POST /tasks", { title: "later", due: inHours(48) }, token);
  await api.call("POST /tasks", { title: "past", due: inHours(-1) }, token);
  await api.call("POST /tasks", { title: "done", due: inHours(1), done: true }, token);
  const workers = [
    await start("worker", "development", api.dataFolder),
    await start("worker", "development", api.dataFolder),
  ];
  await eventually(() => (mails(api).length === 12 ? true : undefined));
  await api.call("PATCH /tasks/1", { due: inHours(2) }, token);
  await eventually(() => (mails(api).length === 13 ? true : undefined));
  for (const worker of workers) await worker.stop();
  const reminded = mails(api).map((name) => {
    const mail = readFileSync(join(api.dataFolder, "mail", name), "utf8");
    return /\r\n\r\n(.*)\n/.exec(mail)![1]!;
  });
  const expected = Array.from({ length: 12 }, (_, i) => `soon ${i}`);
  expect(reminded.sort()).toEqual(["soon 0", ...expected].sort());
});

test("a job is taken once; one that nobody finishes is tried again, five times in all", () => {
  const folder = mkdtempSync(join(tmpdir(), "taskmanager-jobs-"));
  const pool = new Pool("sqlite:///jobs.db", folder, 1);
  try {
    pool.use((database) => {
      for (const code of ["a", "b", "c"]) addJob(database, { kind: "verification", to: me.email, code });
      const take = (limit: number, now: number) => takeJobs(database, limit, now).map(({ id }) => id);
      expect(take(2, 0)).toEqual([1, 2]);
      expect(take(2, 1)).toEqual([3]);
      expect(take(2, 60_001)).toEqual([1, 2]);
      finishJob(database, 1, 60_001);
      expect(take(9, 60_001)).toEqual([]);
      for (const minute of [2, 4, 6]) expect(take(9, minute * 61_000)).toEqual([2, 3]);
      expect(take(9, 8 * 61_000)).toEqual([3]);
      expect(take(9, 10 * 61_000)).toEqual([]);
    });
  } finally {
    pool.close();
    rmSync(folder, { recursive: true });
  }
});
