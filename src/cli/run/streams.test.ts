/** What a command does with its streams, and what comes of it in both ways to run one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { endOf, entry, firstOutput, project, run, start, useHotEntry, variablesOf } from "./entry.fixture.ts";

useHotEntry();

describe.each([
  ["direct", {}],
  ["scrubbed", { runOutput: "scrubbed" }],
] as const)("%s", (_, changes) => {
  beforeEach(() => {
    project.compile(changes);
  });
  const sh = (text: string, input?: string) =>
    run(["run", "-e", "development", "--", "sh", "-c", text], {}, input === undefined ? {} : { input });

  test("no output at all", () => {
    expect(sh("exit 0")).toEqual({ status: 0, signal: null, stdout: "", stderr: "" });
  });

  test("a command that closes its output and goes on", () => {
    expect(sh("echo last; exec >&- 2>&-; sleep 0.2; exit 4")).toMatchObject({ status: 4, stdout: "last\n" });
  });

  test("what it left behind may still write; its own code counts", () => {
    expect(sh("(sleep 0.3; echo late) & exit 5")).toMatchObject({ status: 5, stdout: "late\n" });
  });

  test("input of megabytes arrives whole, also where the command reads only its beginning", () => {
    const input = "0123456789abcde\n".repeat(200_000);
    expect(sh("wc -c", input).stdout.trim()).toBe(String(input.length));
    expect(sh("head -c 16", input)).toMatchObject({ status: 0, stdout: "0123456789abcde\n" });
  });

  test("bytes that are no text pass unchanged", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { stdout } = spawnSync(process.execPath, [entry, "run", "-e", "development", "--", "cat"], {
      cwd: project.root,
      env: variablesOf({}),
      input: bytes,
    });
    expect(stdout.equals(bytes)).toBe(true);
  });
});

describe("a signal once the command has ended, while its output is still open", () => {
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  /** @param last what is left behind does at its end, once the file `stay` is gone, be it with its folder */
  async function signalled(last: string) {
    project.compile({ runOutput: "scrubbed" });
    writeFileSync(join(project.root, "stay"), "");
    const leftBehind = `while [ -e stay ]; do sleep 0.01; done; ${last}`;
    const child = start(["run", "-e", "development", "--", "sh", "-c", `(${leftBehind}) & echo $$; exit 5`]);
    let output = "";
    const ended = endOf(child);
    const command = await firstOutput(child);
    child.stdout!.on("data", (chunk) => {
      output += chunk;
    });
    await until(() => !existsSync(`/proc/${command.trim()}`));
    child.kill("SIGINT");
    return { child, ended, output: () => output };
  }

  test("last words pass, and its own code counts: the signal was for both, and it was faster", async () => {
    const run = await signalled("echo last words");
    rmSync(join(project.root, "stay"));
    expect(await run.ended).toEqual({ status: 5, signal: null });
    expect(run.output()).toBe("last words\n");
  });

  test("nobody waits for what goes on: the signal was for us", async () => {
    const run = await signalled(":");
    // In a hurry, who asks twice.
    run.child.kill("SIGINT");
    expect(await run.ended).toEqual({ status: null, signal: "SIGINT" });
  });
});

test("its pipes are made by the system's own program, which gets no variables", () => {
  project.compile({ runOutput: "scrubbed" });
  const planted = join(project.folder, "planted");
  mkdirSync(planted);
  writeFileSync(join(planted, "mkfifo"), `#!/bin/sh\nenv > '${join(planted, "seen")}'\n`, { mode: 0o755 });
  const PATH = `${planted}:${process.env.PATH}`;
  expect(run(["run", "-e", "development", "--", "true"], { PATH })).toMatchObject({ status: 0 });
  expect(existsSync(join(planted, "seen"))).toBe(false);
});

test("where output can't be written the command is let end, and its run fails", () => {
  project.compile({ runOutput: "scrubbed" });
  const text = "trap 'echo ended > ended; exit 0' PIPE; while :; do echo words; done";
  const result = spawnSync(
    "bash",
    ["-c", '"$0" "$@" > /dev/full', process.execPath, entry, "run", "--", "sh", "-c", text],
    { cwd: project.root, env: variablesOf({}), encoding: "utf8" },
  );
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("error RUN_OUTPUT_UNWRITABLE") });
  expect(existsSync(join(project.root, "ended"))).toBe(true);
});

test("a reader that stalls stalls the command; memory does not grow with what is to be read", () => {
  project.compile({ runOutput: "scrubbed" });
  const text = "head -c 300000000 /dev/zero; grep VmHWM /proc/$PPID/status >&2";
  const result = spawnSync(
    "bash",
    [
      "-c",
      '"$0" "$@" | (sleep 1; wc -c)',
      process.execPath,
      entry,
      ...["run", "-e", "development", "--", "sh", "-c", text],
    ],
    { cwd: project.root, env: variablesOf({}), encoding: "utf8" },
  );
  expect(result.stdout.trim()).toBe("300000000");
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(result.stderr)?.[1])).toBeLessThan(180_000);
});
