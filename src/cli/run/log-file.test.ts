import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogFile } from "../../snapshot/conditions.ts";
import { openLogFile } from "./log-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-log-"));
  path = join(folder, "api.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RULE: LogFile = { path: "api.log", rotateBytes: 100, keep: 1_000 };
const DAY_MS = 86_400_000;

const never = (why: string): void => expect.unreachable(why);

function open(rule: Partial<LogFile> = {}, now?: () => number) {
  return openLogFile(path, { ...RULE, ...rule }, never, folder, now);
}

/** Former files by name, which is by time, then the file itself. */
function names(): string[] {
  return [
    ...readdirSync(folder)
      .filter((name) => name !== "api.log" && !name.endsWith(".lock"))
      .toSorted(),
    "api.log",
  ];
}

function textOf(name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

const allText = () => names().map(textOf).join("");

describe("lines", () => {
  test("however the stream is cut, every line is kept once and whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[ -~]{0,30}$/), { maxLength: 20 }),
        fc.infiniteStream(fc.nat(12)),
        (lines, cuts) => {
          for (const name of readdirSync(folder)) rmSync(join(folder, name));
          const log = open();
          const keeper = log.keeper();
          const whole = Buffer.from(lines.map((line) => `${line}\n`).join(""));
          for (let at = 0; at < whole.length; ) {
            const length = cuts.next().value + 1;
            keeper.push(whole.subarray(at, at + length));
            at += length;
          }
          keeper.end();
          log.close();
          expect(allText()).toBe(whole.toString());
          for (const name of names()) expect(textOf(name)).toMatch(/^$|\n$/);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("two streams do not cut each other's lines; a last one without end gets one", () => {
    const log = open({ rotateBytes: 1e6 });
    const [out, err] = [log.keeper(), log.keeper()];
    out.push(Buffer.from("out 1\nou"));
    err.push(Buffer.from("err 1\n"));
    out.push(Buffer.from("t 2"));
    out.end();
    err.end();
    log.close();
    expect(readFileSync(path, "utf8")).toBe("out 1\nerr 1\nout 2\n");
  });

  test("a line that never ends takes no memory without bound", () => {
    const log = open({ rotateBytes: 1e9 });
    const keeper = log.keeper();
    for (let i = 0; i < 5; i++) keeper.push(Buffer.alloc(1024 * 1024, "x"));
    expect(statSync(path).size).toBeGreaterThan(3 * 1024 * 1024);
    log.close();
  });
});

describe("rotation", () => {
  const fill = (count: number, rule: Partial<LogFile> = {}, now?: () => number) => {
    const log = open(rule, now);
    const keeper = log.keeper();
    for (let i = 0; i < count; i++) keeper.push(Buffer.from(`${String(i).padStart(59, ".")}\n`));
    log.close();
  };

  test("by size, before a file grows beyond it; all but the newest former file are compressed; all are private", () => {
    fill(4);
    const [first, second, third, own] = names();
    expect([first, second, third, own]).toEqual([
      expect.stringMatching(/^api\.log\.\d{8}T\d{6}Z\.\d{4}\.gz$/),
      expect.stringMatching(/\.gz$/),
      expect.stringMatching(/\.\d{4}$/),
      "api.log",
    ]);
    expect(
      allText()
        .split("\n")
        .filter(Boolean)
        .map((line) => Number(line.replace(/^\.+/, ""))),
    ).toEqual([0, 1, 2, 3]);
    for (const name of names()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test("by age", () => {
    let now = Date.now();
    const log = open({ rotateBytes: 1e6, rotateMs: DAY_MS }, () => now);
    log.keeper().push(Buffer.from("today\n"));
    now += DAY_MS / 2;
    log.keeper().push(Buffer.from("tonight\n"));
    expect(names()).toEqual(["api.log"]);
    now += DAY_MS;
    log.keeper().push(Buffer.from("tomorrow\n"));
    log.close();
    expect(names()).toHaveLength(2);
    expect(names().map(textOf)).toEqual(["today\ntonight\n", "tomorrow\n"]);
  });

  test("no more former files than are to be kept", () => {
    fill(10, { keep: 2 });
    expect(names()).toHaveLength(3);
    fill(3, { keep: 0 });
    expect(names()).toEqual(["api.log"]);
  });

  test("former files are removed after their time, other files stay", () => {
    fill(3);
    for (const name of ["api.log.old", "api.log.20200101T000000Z.note", "worker.log.20200101T000000Z.0001"]) {
      writeFileSync(join(folder, name), "");
      utimesSync(join(folder, name), 0, 0);
    }
    const later = Date.now() + 31 * DAY_MS;
    open({ retentionMs: 30 * DAY_MS }, () => later).close();
    expect(
      readdirSync(folder)
        .filter((name) => !name.endsWith(".lock"))
        .toSorted(),
    ).toEqual([
      "api.log",
      "api.log.20200101T000000Z.note",
      "api.log.old",
      "worker.log.20200101T000000Z.0001",
    ]);
  });

  test("several processes at once lose no line", async () => {
    const program = `
      import { openLogFile } from ${JSON.stringify(join(import.meta.dirname, "log-file.ts"))};
      const log = openLogFile(${JSON.stringify(path)}, ${JSON.stringify({ ...RULE, rotateBytes: 1_000 })}, console.error, ${JSON.stringify(folder)});
      const keeper = log.keeper();
      for (let i = 0; i < 300; i++) keeper.push(Buffer.from(process.argv[1] + " " + i + "\\n"));
      log.close();`;
    const runs = ["a", "b", "c"].map(
      (name) =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, ["--input-type=module", "-e", program, name], {
            stdio: "inherit",
          });
          child.once("close", resolve);
        }),
    );
    expect(await Promise.all(runs)).toEqual([0, 0, 0]);
    const lines = allText().split("\n").filter(Boolean);
    const expected = ["a", "b", "c"].flatMap((name) => Array.from({ length: 300 }, (_, i) => `${name} ${i}`));
    expect(lines.toSorted()).toEqual(expected.toSorted());
    expect(names().length).toBeGreaterThan(2);
  });
});

test("lines that can't be written are told once and counted", () => {
  const told: string[] = [];
  const log = openLogFile(path, { ...RULE, rotateBytes: 1e6 }, (why) => told.push(why), folder);
  const keeper = log.keeper();
  keeper.push(Buffer.from("kept\n"));
  log.close();
  // A closed handle fails as a full disk does.
  keeper.push(Buffer.from("lost\nlost\n"));
  keeper.push(Buffer.from("lost\n"));
  expect({ told: told.length, lost: log.lostLines }).toEqual({ told: 1, lost: 3 });
  expect(existsSync(path)).toBe(true);
});
