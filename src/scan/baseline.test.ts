import { describe, expect, test } from "vitest";
import { BaselineUse, readBaseline } from "./baseline.ts";
import { known, leaksIn, TOKENS } from "./scan.fixture.ts";

const SALT = "0123456789abcdef0123456789abcdef";
const FILE = "secrets-baseline.yaml";
const token = TOKENS["github-token"]!;
const [leak] = await leaksIn(token);

function linesFor(text: string, reason = "made up: for a test") {
  return new BaselineUse(readBaseline(text, FILE)).linesFor([{ leak: leak!, path: "a.txt" }], reason, SALT);
}
const use = (text: string) => new BaselineUse(readBaseline(text, FILE));

test("what it says of itself it reads, and lets through", async () => {
  const text = linesFor("");
  expect(readBaseline(text, FILE)).toMatchObject({ salt: SALT, drafts: [], entries: [{ path: "a.txt" }] });
  expect(use(text).reasonFor(leak!, "a.txt")).toBe("made up: for a test");
  expect(text).not.toContain(token);
  expect(linesFor(text)).toBe("");
  expect(use(text).unused()).toHaveLength(1);
});

test("more lines go to its end", async () => {
  const first = linesFor("");
  const [other] = await leaksIn(TOKENS["npm-token"]!);
  const more = use(first).linesFor([{ leak: other!, path: "b.txt" }], "another", "f".repeat(32));
  const both = use(`${first}${more}`);
  expect([both.reasonFor(leak!, "a.txt"), both.reasonFor(other!, "b.txt")]).toEqual([
    "made up: for a test",
    "another",
  ]);
  expect(both.unused()).toEqual([]);
});

describe("it lets nothing else through", () => {
  const text = linesFor("");
  test("another path, another text, another rule, another salt", async () => {
    const [other] = await leaksIn(token.replace("Ab3", "Ab4"));
    expect(use(text).reasonFor(leak!, "b.txt")).toBeUndefined();
    expect(use(text).reasonFor(other!, "a.txt")).toBeUndefined();
    expect(use(text.replace("github-token", "npm-token")).reasonFor(leak!, "a.txt")).toBeUndefined();
    expect(use(text.replace(SALT, "f".repeat(32))).reasonFor(leak!, "a.txt")).toBeUndefined();
  });

  test("a known value, whatever form it has", async () => {
    const [value] = await leaksIn(token, { values: [known(token)] });
    expect(use(text).reasonFor(value!, "a.txt")).toBeUndefined();
    expect(use("").linesFor([{ leak: value!, path: "a.txt" }], "no", SALT)).not.toContain("a.txt");
  });

  test.each<[string, string]>([
    ["no YAML", "salt: ["],
    ["no salt", text.replace(/^salt.*\n/m, "")],
    ["a short salt", text.replace(SALT, "0123")],
    ["no reason", text.replace(/reason: .*/, 'reason: ""')],
    ["no digest", text.replace(/ {4}digest.*\n/, "")],
    ["an unknown field", text.replace("reason:", "why: x\n    reason:")],
  ])("a file with %s, which is a finding", (_what, broken) => {
    const { drafts } = readBaseline(broken, FILE);
    expect(drafts.map(({ code }) => code)).toContain("LEAK_BASELINE_INVALID");
    expect(use(broken).reasonFor(leak!, "a.txt")).toBeUndefined();
  });
});
