import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openFileSecrets } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-file-secrets-"));
const root = join(folder, "project");
mkdirSync(join(root, "sub"), { recursive: true });
const write = (path: string, bytes: string | Uint8Array) => writeFileSync(join(root, path), bytes);
write("line", "hunter2\n");
write("windows", "hunter2\r\n");
write("lines", "a\nb\n\n");
write("empty", "");
write("binary", new Uint8Array([0xff, 0xfe, 0]));
write("large", Buffer.alloc(1024 * 1024 + 1, "a"));
write("largest", Buffer.alloc(1024 * 1024, "a"));
write("locked", "hunter2");
chmodSync(join(root, "locked"), 0);
writeFileSync(join(folder, "outside"), "outside");
symlinkSync(join(folder, "outside"), join(root, "leads-out"));
symlinkSync(join(root, "line"), join(root, "leads-in"));
symlinkSync("loop", join(root, "loop"));
execFileSync("mkfifo", [join(root, "pipe")]);
afterAll(() => rmSync(folder, { recursive: true }));

const ask = async (path: string, signal = new AbortController().signal) =>
  (await openFileSecrets({ root }).read([{ text: "", scheme: "file", path, parameters: {} }], signal))[0]!;

test.each([
  ["line", "hunter2"],
  ["windows", "hunter2"],
  ["lines", "a\nb\n"],
  ["empty", ""],
  ["sub/../line", "hunter2"],
  ["leads-in", "hunter2"],
  ["largest", "a".repeat(1024 * 1024)],
  [join(folder, "outside"), "outside"],
  [join(root, "leads-out"), "outside"],
])("%s is read", async (path, text) => {
  expect(await ask(path)).toEqual({ kind: "found", text, version: undefined });
});

test.each([
  ["nothing", "missing"],
  ["line/below", "missing"],
  [".", "invalid"],
  ["sub", "invalid"],
  ["/dev/null", "invalid"],
  ["pipe", "invalid"],
  ["../outside", "invalid"],
  ["leads-out", "invalid"],
  ["loop", "invalid"],
  ["large", "invalid"],
  ["binary", "invalid"],
  ["x".repeat(5_000), "invalid"],
  ...(process.getuid?.() === 0 ? [] : [["locked", "denied"]]),
])("%s: %s", async (path, kind) => {
  expect((await ask(path!)).kind).toBe(kind);
});

test.runIf(existsSync("/proc/version"))(
  "a file whose size the system does not tell is read to its end",
  async () => {
    const text = readFileSync("/proc/version", "utf8").trimEnd();
    expect(await ask("/proc/version")).toEqual({ kind: "found", text, version: undefined });
  },
);

test("one that fails takes no other with it, and the order stays", async () => {
  const references = ["nothing", "line", "sub"].map((path) => ({
    text: "",
    scheme: "file",
    path,
    parameters: {},
  }));
  const answers = await openFileSecrets({ root }).read(references, new AbortController().signal);
  expect(answers.map(({ kind }) => kind)).toEqual(["missing", "found", "invalid"]);
});

test("after the time is over nothing is read", async () => {
  expect((await ask("line", AbortSignal.abort())).kind).toBe("unreachable");
});
