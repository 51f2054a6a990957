/** Two promotions under load, there and back: every request is answered, and each release answered some. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../contracts/target.ts";
import { type Load, startLoad } from "../load-generator.ts";
import { openScene, type Scene } from "./scene.ts";

const REQUESTS = 10_000;
const REQUESTS_PER_SECOND = 500;
/** Answered before, between and after the promotions. */
const APART = 2_000;

let scene: Scene;
let load: Load | undefined;
beforeAll(async () => {
  scene = await openScene();
  for (const version of ["1.0.0", "1.1.0"]) await scene.release(version);
  await scene.must(["promote", "1.0.0", "--to", "development"]);
});
afterAll(async () => {
  await load?.stop();
  await scene?.shutdownAll();
});

test("no request of ten thousand fails while releases take turns", { timeout: 180_000 }, async () => {
  const running = startLoad({
    url: `http://127.0.0.1:${scene.ports.development}/`,
    requestsPerSecond: REQUESTS_PER_SECOND,
    connections: 40,
    kindOf: (body) => (JSON.parse(body) as { release: string }).release,
  });
  load = running;
  const answered = async (count: number) => {
    const until = running.progress().ok + count;
    await eventually(() => running.progress().ok >= until, `${count} more answers`, 60_000);
  };
  await answered(APART);
  await scene.must(["promote", "1.1.0", "--to", "development"]);
  await answered(APART);
  await scene.must(["promote", "1.0.0", "--to", "development"]);
  await answered(APART);
  await eventually(() => running.progress().sent >= REQUESTS, "all are sent", 60_000);
  const { sent, ok, failed, answers } = await running.stop();
  expect(failed).toEqual({});
  expect(sent).toBeGreaterThanOrEqual(REQUESTS);
  expect(ok).toBe(sent);
  expect(Object.keys(answers).sort()).toEqual(["1.0.0", "1.1.0"]);
  expect(answers["1.0.0"]! + answers["1.1.0"]!).toBe(sent);
  expect(Math.min(...Object.values(answers))).toBeGreaterThan(APART / 2);
});
