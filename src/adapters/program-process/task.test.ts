/** Tasks: what they get, what each end of theirs means, and that nothing they print gets into an answer. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { digestOfBytes } from "../../base/digest.ts";
import type { TaskCall } from "../../ports/programs.ts";
import { openProgramRunner } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-task-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const call = (words: readonly string[], more: Partial<TaskCall> = {}): TaskCall => ({
  folder,
  words,
  files: [],
  input: "",
  timeoutMs: 60_000,
  variables: { PATH: process.env.PATH ?? "" },
  ...more,
});
const perform = (words: readonly string[], more: Partial<TaskCall> = {}, signal = never) =>
  openProgramRunner().perform(call(words, more), signal);

test("a task gets its input and the given variables alone", async () => {
  const more = { input: "s3cret", variables: { PATH: process.env.PATH ?? "", A: "1" } };
  expect(await perform(["sh", "-c", 'printf %s "$A$HOME$(cat)" > got'], more)).toEqual({ ok: true });
  expect(readFileSync(join(folder, "got"), "utf8")).toBe("1s3cret");
});

test.each<[string, string[], Partial<TaskCall>, object | boolean]>([
  ["another exit code", ["sh", "-c", "cat; exit 3"], {}, { kind: "refused" }],
  ["input that nobody reads", ["true"], { input: "s3cret".repeat(100_000) }, true],
  ["a signal", ["sh", "-c", "kill -9 $$"], {}, { kind: "unknown" }],
  ["no end in time", ["sh", "-c", "sleep 60 & sleep 60"], { timeoutMs: 200 }, { kind: "unknown" }],
  ["no such program", ["no-such-program-here"], {}, { kind: "unknown" }],
  ["a file that was not trusted", ["node", "untrusted.cjs"], {}, { kind: "refused" }],
])("%s", async (_what, words, more, expected) => {
  writeFileSync(join(folder, "untrusted.cjs"), 'require("node:fs").writeFileSync("ran", "");');
  const answer = await perform(words, { input: "s3cret", ...more });
  expect(answer).toMatchObject(expected === true ? { ok: true } : { ok: false, ...(expected as object) });
  expect(JSON.stringify(answer)).not.toContain("s3cret");
  expect(existsSync(join(folder, "ran"))).toBe(false);
});

test("a trusted file runs in Node", async () => {
  const text = "process.exitCode = require('node:fs').readFileSync(0, 'utf8') === 'x' ? 0 : 1;";
  writeFileSync(join(folder, "trusted.cjs"), text);
  const files = [{ path: "trusted.cjs", digest: digestOfBytes(text) }];
  expect(await perform(["node", "trusted.cjs"], { files, input: "x" })).toEqual({ ok: true });
  expect(await perform(["node", "trusted.cjs"], { files, input: "y" })).toMatchObject({ kind: "refused" });
});

test("whoever no longer waits is not answered, and what was started is ended", async () => {
  const waiting = new AbortController();
  const reason = new Error("the lease is lost");
  const answer = perform(["sleep", "60"], {}, waiting.signal);
  waiting.abort(reason);
  await expect(answer).rejects.toBe(reason);
  await expect(perform(["true"], {}, waiting.signal)).rejects.toBe(reason);
});
