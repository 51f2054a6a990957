/** Text of a project that would command a terminal, in every page that has places for it. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { RingfenceError } from "../../base/error.ts";
import { renderError } from "./error.ts";
import { render } from "./index.ts";

/** A title, a cleared line, a carriage return, C1, text turned round. */
const EVIL = "a\u001b]0;owned\u0007\u001b[2K\u001b[8mb\rc\u009b1Ad\u202ee";
const finding = { code: "X", severity: "error", stage: "types", where: EVIL, why: EVIL, fix: EVIL };
const counts = { errors: 1, warnings: 0, advice: 0 };
const layer = { source: EVIL, file: EVIL, line: 1, column: 1, value: EVIL, wins: true };
const tested = {
  setting: EVIL,
  target: EVIL,
  verdict: "failed",
  reasons: [EVIL],
  where: EVIL,
  valueAt: EVIL,
};

const pages: Readonly<Record<string, unknown>> = {
  "config show": {
    environment: "dev",
    settings: {
      A: { value: EVIL, secret: false, from: EVIL },
      B: { value: [EVIL], secret: false, from: "b" },
    },
  },
  "config explain": { key: "A", secret: false, value: EVIL, layers: [layer] },
  "config check": {
    environment: "dev",
    findings: [finding],
    stages: { types: counts },
    fixable: 0,
  },
  "config scan": { findings: [finding], allowed: [], files: 1, skipped: 0, sealed: [EVIL], problems: [] },
  "config history": {
    environment: "dev",
    unrecorded: null,
    revisions: [
      {
        digest: "sha256:00",
        at: "now",
        author: EVIL,
        reason: EVIL,
        changed: { keys: [EVIL], files: [], secrets: false, schema: false },
      },
    ],
  },
  "secret list": {
    environment: "dev",
    file: EVIL,
    recipients: [],
    findings: [],
    signedBy: EVIL,
    secrets: [{ name: EVIL, declared: true, line: 1 }],
  },
  "secret textconv": { text: `# signed by ${EVIL}, not verified here` },
  "config test": {
    findings: [finding],
    environments: [{ environment: "dev", results: [tested] }],
    problems: [],
    parity: { score: 1, units: 1, deductions: [] },
    minParity: null,
    passed: 0,
    failed: 1,
    unknown: 0,
  },
};

/** Whatever is left of a page without its colours. */
function commandsIn(page: string): string[] {
  return stripVTControlCharacters(page).match(/(?!\n)[\p{Cc}\u202a-\u202e]/gu) ?? [];
}

describe("no control character of a value, a place or a reason reaches the terminal", () => {
  test.each(Object.entries(pages))("%s", (command, answer) => {
    const page = render(command, answer, {});
    expect(page).toContain("\\u001b[8mb\\rc\\u009b1Ad\\u202ee");
    expect(page).not.toContain("\u001b]0;");
    expect(page).not.toContain("\u001b[8m");
    expect(commandsIn(page)).toEqual([]);
  });

  test("an error", () => {
    const error = { code: "X", message: EVIL, where: EVIL, why: `${EVIL}\nb`, fix: EVIL } as RingfenceError;
    expect(renderError(error)).not.toContain("\u001b[8m");
    expect(commandsIn(renderError(error))).toEqual([]);
    expect(renderError(error).split("\n")).toHaveLength(5);
  });
});

test("a value of several lines stays in its row", () => {
  const page = render(
    "config show",
    { environment: "dev", settings: { A: { value: "one\ntwo\n", secret: false, from: "a.env" } } },
    {},
  );
  expect(page.split("\n")).toHaveLength(2);
  expect(page).toContain("one\\ntwo\\n");
});
