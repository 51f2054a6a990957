/** What the forms of credentials cost on texts that are made to be slow. */
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { CREDENTIAL_SHAPES } from "./provider-format.ts";

/** All matches, counted where it can be ended: a search that never comes back would hold up the tests as well. */
const SEARCH = `
const { parentPort, workerData } = require("node:worker_threads");
parentPort.postMessage([...workerData.text.matchAll(workerData.pattern)].length);
`;

function found(pattern: RegExp, text: string): Promise<number> {
  const worker = new Worker(SEARCH, { eval: true, workerData: { pattern, text } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return new Promise((done, fail) => {
    worker.on("message", done);
    worker.on("error", fail);
  });
}

test.each(CREDENTIAL_SHAPES.map(({ prefix, pattern }) => [prefix, pattern] as const))(
  "%s again and again is searched in one pass",
  async (prefix, pattern) => {
    const text = `${prefix}-`.repeat(Math.ceil(1_000_000 / prefix.length));
    expect(await found(new RegExp(pattern.source, `${pattern.flags}g`), text)).toBeGreaterThanOrEqual(0);
  },
);

test("a JSON Web Token is found behind whatever is no part of it", () => {
  const token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0123", "c2lnbmF0dXJl"].join(".");
  const { pattern } = CREDENTIAL_SHAPES.find(({ rule }) => rule === "json-web-token")!;
  for (const before of ["", "Bearer ", "token=", '"', "é", "."])
    expect(pattern.test(before + token)).toBe(true);
});
