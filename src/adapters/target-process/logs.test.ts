import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rememberSecret } from "../../base/redact.ts";
import { logTail, tidyLogs } from "./logs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-logs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the last lines", () => {
  rememberSecret("a-planted-secret");
  const rows: [string, string | undefined, string][] = [
    ["of nothing", undefined, ""],
    ["of an empty log", "", ""],
    ["joined", "one\n\ntwo  \n", "one | two"],
    [
      "eight at most",
      Array.from({ length: 20 }, (_, i) => `${i}\n`).join(""),
      "12 | 13 | 14 | 15 | 16 | 17 | 18 | 19",
    ],
    ["scrubbed", "token=a-planted-secret\n", "token=[secret]"],
    ["without a first line that may be cut", `${"a-planted-secret".repeat(300)}\nlast\n`, "last"],
    ["nothing of one line that is longer than what is read", "a-planted-secret".repeat(300), ""],
  ];
  test.each(rows)("%s", (_, content, expected) => {
    const path = join(folder, "x.log");
    if (content !== undefined) writeFileSync(path, content);
    expect(logTail(path)).toBe(expected);
  });
});

test("large logs are cut and kept once, the oldest beyond the limit go", () => {
  const write = (name: string, content: string, at: number) => {
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), at, at);
  };
  write("quiet.log", "x", 0);
  for (let i = 1; i <= 4; i++) write(`old-${i}.log`, "x", i);
  write("large.log", "0123456789", 5);
  tidyLogs(folder, new Set(["quiet.log"]), { largestBytes: 9, kept: 3 });
  expect(readdirSync(folder).sort()).toEqual([
    "large.log",
    "large.log.1",
    "old-3.log",
    "old-4.log",
    "quiet.log",
  ]);
  expect(readFileSync(join(folder, "large.log"), "utf8")).toBe("");
  expect(readFileSync(join(folder, "large.log.1"), "utf8")).toBe("0123456789");
  appendFileSync(join(folder, "large.log"), "on");
  expect(readFileSync(join(folder, "large.log"), "utf8")).toBe("on");
});
