import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCommandSecrets } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-command-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "here"), "from the folder");

const VARIABLES = { PATH: process.env.PATH!, GIVEN: "yes" };
const never = () => new AbortController().signal;
const reference = (scheme: string, path: string) => ({ text: "", scheme, path, parameters: {} });

function run(words: readonly string[], signal = never()) {
  const store = openCommandSecrets({ folder, scheme: "cmd", variables: VARIABLES, command: undefined });
  return store.read([reference("cmd", JSON.stringify(words))], signal).then(([answer]) => answer!);
}
const sh = (text: string, signal?: AbortSignal) => run(["sh", "-c", text], signal);

test.each<[string, readonly string[], string]>([
  ["one line end is cut", ["printf", "a\\nb\\n"], "a\nb"],
  ["words are no shell's", ["printf", "%s", "$HOME; `id` *"], "$HOME; `id` *"],
  ["it runs in the folder", ["cat", "here"], "from the folder"],
  ["its variables are those that it is given", ["env"], `PATH=${VARIABLES.PATH}\nGIVEN=yes`],
  ["standard error is no answer", ["sh", "-c", "echo no >&2; echo yes"], "yes"],
  ["there is nothing to read", ["cat"], ""],
])("%s", async (_, words, text) => {
  expect(await run(words)).toMatchObject(text === "" ? { kind: "missing" } : { kind: "found", text });
});

test.each([
  ["exit 3", "denied"],
  ["kill -9 $$", "denied"],
  ["printf '\\377'", "invalid"],
  ["head -c 1048577 /dev/zero", "invalid"],
])("%s: %s", async (text, kind) => {
  expect((await sh(text)).kind).toBe(kind);
});

test("a program that does not exist", async () => {
  expect((await run([join(folder, "nothing")])).kind).toBe("invalid");
});

test("what it says is never passed on", async () => {
  const answer = await sh('value=hunter; echo "${value}2"; echo "${value}3" >&2; exit 1');
  expect(answer.kind).toBe("denied");
  expect(JSON.stringify(answer)).not.toMatch(/hunter[23]/);
});

test("when the time is over it ends, with all that it has started", async () => {
  const started = join(folder, "started");
  const controller = new AbortController();
  const answer = sh(`(echo > '${started}'; sleep 60) & sleep 60`, controller.signal);
  while (!existsSync(started)) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect((await answer).kind).toBe("unreachable");
});

test("a command of the project's own gets the reference, word by word", async () => {
  const command = ["printf", "%s|", "{reference}", "p={path}", "{other}"];
  const store = openCommandSecrets({ folder, scheme: "op", variables: VARIABLES, command });
  const answers = await store.read([reference("op", "a/{path} b"), reference("op", "c")], never());
  expect(answers).toMatchObject([
    { kind: "found", text: "op://a/{path} b|p=a/{path} b|{other}|" },
    { kind: "found", text: "op://c|p=c|{other}|" },
  ]);
});

test("many are asked a few at a time, and answered in their order", async () => {
  const store = openCommandSecrets({
    folder,
    scheme: "op",
    variables: VARIABLES,
    command: ["printf", "{path}"],
  });
  const paths = Array.from({ length: 20 }, (_, index) => `n${index}`);
  const answers = await store.read(
    paths.map((path) => reference("op", path)),
    never(),
  );
  expect(answers.map((answer) => answer.kind === "found" && answer.text)).toEqual(paths);
});
