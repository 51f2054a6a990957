import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withFileLock } from "./file-lock.ts";
import {
  appendSpool,
  type Injection,
  lineHash,
  readSpool,
  SPOOL_START,
  spoolLock,
  spoolPath,
} from "./spool.ts";
import { finishTakeOver, spooledEnvironments, takeOver, untaken } from "./take-over.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-spool-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const injection: Injection = {
  environment: "dev",
  command: "npm",
  arguments: 2,
  secrets: ["TOKEN"],
  revision: "sha256:0",
  method: "flag",
};
const append = () => appendSpool(root, injection);
const text = () => readFileSync(spoolPath(root, "dev"), "utf8");

/** A process that runs module code with this room's modules at hand. */
function node(code: string): ChildProcess {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const imports =
    `import { appendSpool } from ${here("./spool.ts")}; import { withFileLock } from ${here("./file-lock.ts")};` +
    `const root = ${JSON.stringify(root)}; const injection = ${JSON.stringify(injection)};`;
  return spawn(process.execPath, ["--input-type=module", "-e", imports + code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}
const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));
const said = (child: ChildProcess) => new Promise((resolve) => child.stdout!.once("data", resolve));

describe("the chain", () => {
  test("each line follows the one before, the first one nothing", () => {
    const first = append();
    append();
    const { entries, head, broken } = readSpool(text(), SPOOL_START);
    expect(broken).toBeUndefined();
    expect(entries).toMatchObject([
      { seq: 1, prev: SPOOL_START, ...injection, pid: process.pid },
      { seq: 2, prev: lineHash(JSON.stringify(first)) },
    ]);
    expect(head).toBe(lineHash(text().split("\n")[1]!));
  });

  const tampering: [string, (lines: string[]) => string[], number][] = [
    ["a changed value", ([a, b, c]) => [a!, b!.replace("npm", "cat"), c!], 3],
    ["a changed first line", ([a, b, c]) => [a!.replace("npm", "cat"), b!, c!], 2],
    ["a removed line", ([a, , c]) => [a!, c!], 2],
    ["a removed first line", ([, b, c]) => [b!, c!], 1],
    ["lines in another order", ([a, b, c]) => [a!, c!, b!], 2],
    ["a line twice", ([a, b, c]) => [a!, b!, b!, c!], 3],
    ["a line that is no entry", ([a, b, c]) => [a!, b!, "null", c!], 3],
    ["an empty line", ([a, b, c]) => [a!, "", b!, c!], 2],
  ];
  test.each(tampering)("%s is found", (_, tamper, line) => {
    append();
    append();
    append();
    const changed = `${tamper(text().split("\n").slice(0, 3)).join("\n")}\n`;
    const reading = readSpool(changed, SPOOL_START);
    expect(reading.broken?.line).toBe(line);
    expect(reading.entries).toHaveLength(line - 1);
  });

  test("a number that jumps is found though the digests fit", () => {
    const first = append();
    const forged = JSON.stringify({ ...first, seq: 5, prev: lineHash(JSON.stringify(first)) });
    expect(readSpool(`${text()}${forged}\n`, SPOOL_START).broken?.line).toBe(2);
  });

  test("a torn last line was never acknowledged: it is left out, and the next line takes its place", () => {
    append();
    append();
    truncateSync(spoolPath(root, "dev"), text().length - 20);
    expect(readSpool(text(), SPOOL_START)).toMatchObject({ entries: [{ seq: 1 }] });
    append();
    expect(readSpool(text(), SPOOL_START)).toMatchObject({ entries: [{ seq: 1 }, { seq: 2 }] });
    expect(readSpool(text(), SPOOL_START).broken).toBeUndefined();
  });

  test("a last line longer than one look", () => {
    appendSpool(root, { ...injection, secrets: Array.from({ length: 2_000 }, (_, i) => `SECRET_${i}`) });
    append();
    expect(readSpool(text(), SPOOL_START).entries.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("a damaged last line does not stop the next record, and stays to be seen", () => {
    append();
    appendFileSync(spoolPath(root, "dev"), "damage\n");
    append();
    expect(readSpool(text(), SPOOL_START).broken?.line).toBe(2);
  });
});

test("five processes that append at once lose and break nothing", async () => {
  const children = Array.from({ length: 5 }, () =>
    node("for (let i = 0; i < 20; i++) appendSpool(root, injection);"),
  );
  expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0, 0, 0]);
  const { entries, broken } = readSpool(text(), SPOOL_START);
  expect(broken).toBeUndefined();
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  for (const child of children) expect(entries.filter(({ pid }) => pid === child.pid)).toHaveLength(20);
});

describe("the lock", () => {
  const lock = () => spoolLock(root, "dev");
  const HOLD =
    "appendSpool(root, injection); withFileLock(PATH, () => { process.stdout.write('held'); for (;;); });";

  test("of a killed holder is broken, by one of many that wait", async () => {
    const holder = node(HOLD.replace("PATH", JSON.stringify(lock())));
    await said(holder);
    holder.kill("SIGKILL");
    await ended(holder);
    expect(existsSync(lock())).toBe(true);
    const waiting = Array.from({ length: 4 }, () =>
      node("for (let i = 0; i < 5; i++) appendSpool(root, injection);"),
    );
    expect(await Promise.all(waiting.map(ended))).toEqual([0, 0, 0, 0]);
    const { entries, broken } = readSpool(text(), SPOOL_START);
    expect(broken).toBeUndefined();
    expect(entries).toHaveLength(21);
  });

  test("of a living holder is respected, also when it is paused", async () => {
    const holder = node(HOLD.replace("PATH", JSON.stringify(lock())));
    await said(holder);
    holder.kill("SIGSTOP");
    expect(() => withFileLock(lock(), () => "taken", 50)).toThrow(
      expect.objectContaining({
        code: "SNAPSHOT_LOCKED",
        message: expect.stringContaining(`process ${holder.pid}`),
      }),
    );
    holder.kill("SIGKILL");
    await ended(holder);
    expect(withFileLock(lock(), () => "taken", 50)).toBe("taken");
  });

  test.each([
    ["of another machine is respected", () => `${process.pid} - mark another-machine`, false],
    [
      "whose process id has gone to another process is broken",
      (host: string) => `${process.pid} 1 mark ${host}`,
      true,
    ],
  ])("%s", async (_, content, free) => {
    append();
    const { hostname } = await import("node:os");
    writeFileSync(lock(), `${content(hostname())}\n`);
    const attempt = () => withFileLock(lock(), () => "taken", 20);
    if (free) expect(attempt()).toBe("taken");
    else expect(attempt).toThrow("another-machine");
  });

  test("is let go when the work fails", () => {
    append();
    expect(() =>
      withFileLock(lock(), () => {
        throw new Error("work");
      }),
    ).toThrow("work");
    expect(existsSync(lock())).toBe(false);
  });
});

describe("take-over", () => {
  test("sets lines aside; the next ones follow them", () => {
    append();
    append();
    const taken = takeOver(root, "dev")!;
    const first = untaken(taken, undefined);
    expect(first.entries).toHaveLength(2);
    finishTakeOver(taken);
    expect(takeOver(root, "dev")).toBeUndefined();
    expect(append()).toMatchObject({ seq: 3, prev: first.head });
    const second = untaken(takeOver(root, "dev")!, first.head);
    expect(second).toMatchObject({ entries: [{ seq: 3 }] });
    expect(second.broken).toBeUndefined();
  });

  test("an interrupted one is answered first, again and again; imported lines are not imported twice", () => {
    append();
    const taken = takeOver(root, "dev")!;
    append();
    expect(takeOver(root, "dev")).toEqual(taken);
    // The store has committed, the file is still there.
    expect(untaken(takeOver(root, "dev")!, taken.head)).toEqual({ entries: [], head: taken.head });
    finishTakeOver(taken);
    expect(untaken(takeOver(root, "dev")!, taken.head)).toMatchObject({ entries: [{ seq: 2 }] });
  });

  test("killed between writing the head and the rename", () => {
    append();
    append();
    const { head } = readSpool(text(), SPOOL_START);
    writeFileSync(join(root, ".ringfence", "spool", "dev.head"), JSON.stringify({ seq: 2, hash: head }));
    append();
    const reading = untaken(takeOver(root, "dev")!, undefined);
    expect(reading.broken).toBeUndefined();
    expect(reading.entries).toHaveLength(3);
  });

  test("a cut-off spool is seen by the store's head", () => {
    append();
    const taken = takeOver(root, "dev")!;
    finishTakeOver(taken);
    rmSync(join(root, ".ringfence", "spool", "dev.head"));
    append();
    expect(untaken(takeOver(root, "dev")!, taken.head).broken?.line).toBe(1);
  });

  test("tells which environments have something, and nothing where there is none", () => {
    expect(spooledEnvironments(root)).toEqual([]);
    expect(takeOver(root, "dev")).toBeUndefined();
    append();
    takeOver(root, "dev");
    append();
    appendSpool(root, { ...injection, environment: "qa.eu" });
    expect(spooledEnvironments(root)).toEqual(["dev", "qa.eu"]);
  });
});
