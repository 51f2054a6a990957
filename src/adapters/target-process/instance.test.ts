import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { afterEnd, commandOf, environmentOf, findCommand, stateOf } from "./instance.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-instance-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "server.mjs"), "");
  writeFileSync(join(folder, "bin", "tool"), "");
  chmodSync(join(folder, "bin", "tool"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the pause before the next start", () => {
  const short = 500;
  const long = 60_000;
  test.each([
    [0, short, 1, 100],
    [1, short, 2, 200],
    [2, short, 3, 400],
    [6, short, 7, 6_400],
    [7, short, 8, 10_000],
    [5_000, short, 5_001, 10_000],
    [7, long, 1, 100],
  ])("after %i ends in a row and %i ms of life", (before, upMs, ends, pauseMs) => {
    expect(afterEnd(before, upMs)).toEqual({ ends, pauseMs });
  });
});

describe("the state that a look gives", () => {
  test.each([
    [false, false, false, "exited"],
    [false, true, true, "exited"],
    [true, false, false, "starting"],
    [true, true, false, "ready"],
    [true, true, true, "ready"],
    [true, false, true, "unready"],
  ] as const)("running %s, ready %s, was ready %s: %s", (running, ready, wasReady, state) => {
    expect(stateOf({ running, ready, wasReady })).toBe(state);
  });
});

describe("the command", () => {
  const rows: [string[], string, string[]][] = [
    [["node", "server.mjs"], "NODE", ["FOLDER/server.mjs"]],
    [["node", "./server.mjs", "--port", "1"], "NODE", ["FOLDER/server.mjs", "--port", "1"]],
    [["node", "../server.mjs"], "NODE", ["../server.mjs"]],
    [["node", "bin"], "NODE", ["bin"]],
    [["node", ""], "NODE", [""]],
    [["bin/tool", "-x"], "FOLDER/bin/tool", ["-x"]],
    [["python3", "-m", "app"], "python3", ["-m", "app"]],
    [["/usr/bin/env", "x"], "/usr/bin/env", ["x"]],
  ];
  test.each(rows)("%j", (start, command, args) => {
    const real = (text: string) => text.replace("FOLDER", folder).replace("NODE", process.execPath);
    expect(commandOf({ folder, start })).toEqual({ command: real(command), args: args.map(real) });
  });

  test("is looked for as the system does", () => {
    expect(findCommand("tool", `/nowhere:${folder}/bin`)).toBe(join(folder, "bin", "tool"));
    expect(findCommand("server.mjs", folder)).toBeUndefined();
    expect(findCommand(join(folder, "bin", "tool"), "")).toBe(join(folder, "bin", "tool"));
    expect(findCommand("tool", "/nowhere")).toBeUndefined();
  });
});

test("a process gets its own settings, a few of the machine's variables and nothing of Ringfence's", () => {
  const machine = { PATH: "/bin", HOME: "/home/a", RINGFENCE_HOME: "/keys", AWS_SECRET: "x", TZ: "UTC" };
  const own = { HOME: "/data", PORT: "1", RINGFENCE_ENVIRONMENT: "production", LEVEL: "info" };
  const facts = { environment: "staging", version: "1.2.0", data: "/d", port: 4000, mark: "m" };
  expect(environmentOf(own, facts, machine)).toEqual({
    PATH: "/bin",
    HOME: "/data",
    TZ: "UTC",
    LEVEL: "info",
    PORT: "4000",
    RINGFENCE_ENVIRONMENT: "staging",
    RINGFENCE_RELEASE: "1.2.0",
    RINGFENCE_DATA: "/d",
    RINGFENCE_INSTANCE: "m",
  });
});
