import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { highestRevision, raiseRevision } from "../../snapshot/home.ts";
import { snapshotPath } from "../../snapshot/snapshot.ts";
import { SPOOL_START, spoolPath } from "../../snapshot/spool.ts";
import {
  entries,
  entry,
  PRODUCTION,
  project,
  run,
  STAGING,
  useHotEntry,
  type Variables,
  variablesOf,
} from "./entry.fixture.ts";

useHotEntry();

describe("the record", () => {
  test("each run is one chained line without arguments or values", () => {
    project.compile();
    run(["run", "-e", "development", "--", "echo", "argument-that-may-be-secret"]);
    run(["run", "true"]);
    const { entries: found, broken } = entries();
    expect(broken).toBeUndefined();
    expect(found).toMatchObject([
      {
        seq: 1,
        prev: SPOOL_START,
        environment: "development",
        command: "echo",
        arguments: 1,
        method: "flag",
        secrets: ["API_TOKEN"],
      },
      { seq: 2, command: "true", arguments: 0, method: "default" },
    ]);
    const text = readFileSync(spoolPath(project.root, "development"), "utf8");
    expect(text).not.toMatch(/argument-that|t0ken/);
  });

  test("without it no production run; elsewhere a warning", () => {
    mkdirSync(join(project.root, ".ringfence"));
    writeFileSync(join(project.root, ".ringfence", "spool"), "a file where the folder belongs");
    project.compile(PRODUCTION);
    const refused = run(["run", "-e", "production", "--", "echo", "ran"]);
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error SPOOL_UNWRITABLE");
    project.compile();
    const warned = run(["run", "--", "echo", "ran"]);
    expect(warned).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(warned.stderr.match(/^warning SPOOL_UNWRITABLE/gm)).toHaveLength(1);
  });
});

describe("guards", () => {
  test("production by a variable alone is refused, by the flag it runs", () => {
    project.compile(PRODUCTION);
    const refused = run(["run", "--", "echo", "ran"], { ENVIRONMENT: "production" });
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_PRODUCTION_NOT_EXPLICIT");
    expect(run(["run", "-e", "production", "--", "echo", "ran"])).toMatchObject({
      status: 0,
      stdout: "ran\n",
    });
  });

  test("another environment's host is refused; forced it warns and is recorded", () => {
    const { detection } = project.snapshot();
    const here = detection.environments.map((one) =>
      one.name === "staging" ? { ...one, hosts: ["*"] } : one,
    );
    project.compile({ detection: { ...detection, environments: here } });
    const refused = run(["run", "-e", "development", "--", "echo", "ran"]);
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_WRONG_HOST");
    const forced = run(["run", "-e", "development", "--force", "staging is down", "--", "echo", "ran"]);
    expect(forced).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(forced.stderr).toMatch(/^warning GUARD_WRONG_HOST: .*forced: staging is down/);
    expect(entries().entries).toMatchObject([{ force: "staging is down" }]);
  });

  test("a run inside another environment's run is refused, inside its own it runs", () => {
    project.compile({ ...STAGING, variables: { GREETING: "another", API_TOKEN: "t0ken-of-staging" } });
    project.compile();
    const nested = (inner: string) =>
      run(
        ["run", "-e", "development", "--", process.execPath, entry, "run", "-e", inner, "--", "echo", "ran"],
        {
          XDG_CONFIG_HOME: join(project.folder, "config"),
        },
      );
    // The child gets no RINGFENCE_HOME; its default place is the same here.
    mkdirSync(join(project.folder, "config"));
    spawnSync("cp", ["-rp", project.home, join(project.folder, "config", "ringfence")]);
    expect(nested("development")).toMatchObject({ status: 0, stdout: "ran\n" });
    const refused = nested("staging");
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_NESTED");
  });
});

describe("trust in the snapshot", () => {
  const attempt = (extra: Variables = {}) => run(["run", "-e", "development", "--", "echo", "ran"], extra);

  test("any changed byte, at the beginning, in the middle, at the end", () => {
    project.compile();
    const path = snapshotPath(project.root, "development");
    const bytes = readFileSync(path);
    for (const at of [0, 12, 28, bytes.length >> 1, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect(attempt(), `byte ${at}`).toMatchObject({ status: 12, stdout: "" });
    }
    writeFileSync(path, "");
    expect(attempt()).toMatchObject({ status: 12 });
    expect(attempt().stderr).toContain("error SNAPSHOT_FORGED");
  });

  test("another environment's snapshot in its place", () => {
    project.compile();
    project.compile(STAGING);
    writeFileSync(
      snapshotPath(project.root, "development"),
      readFileSync(snapshotPath(project.root, "staging")),
    );
    expect(attempt()).toMatchObject({ status: 12, stdout: "" });
  });

  test("older secrets than were seen", () => {
    project.compile({ secretsRevision: 3 });
    raiseRevision(project.home, "shop", "development", 3);
    expect(attempt()).toMatchObject({ status: 0 });
    raiseRevision(project.home, "shop", "development", 4);
    raiseRevision(project.home, "shop", "development", 2);
    expect(highestRevision(project.home, "shop", "development")).toBe(4);
    const { status, stderr } = attempt();
    expect(status).toBe(12);
    expect(stderr).toContain("error SNAPSHOT_REPLAYED");
  });

  test("a key that others can read", () => {
    project.compile();
    chmodSync(join(project.home, "machine.key"), 0o644);
    const { status, stderr } = attempt();
    expect(status).toBe(12);
    expect(stderr).toContain("error SNAPSHOT_KEY_UNUSABLE");
  });

  const doubts: [string, () => Variables | undefined][] = [
    ["no snapshot", () => rmSync(snapshotPath(project.root, "development")) as undefined],
    ["no index", () => rmSync(join(project.root, ".ringfence", "cache", "index.json")) as undefined],
    ["a changed input", () => writeFileSync(join(project.root, ".env"), "GREETING=other\n") as undefined],
    [
      "a changed input of the same size",
      () => writeFileSync(join(project.root, ".env"), "GREETING=hallo\n") as undefined,
    ],
    ["an input that was missing", () => writeFileSync(join(project.root, ".env.local"), "") as undefined],
    ["an input that is gone", () => rmSync(join(project.root, ".env")) as undefined],
    [
      "a changed manifest",
      () => writeFileSync(join(project.root, "ringfence.yaml"), "project: shop2\n") as undefined,
    ],
    ["settings that a program gave", () => void project.compile({ programs: true })],
    ["values of stores that are too old", () => void project.compile({ expiresAtMs: Date.now() - 1 })],
    [
      "a clock that was put back",
      () =>
        void project.compile({
          createdAt: new Date(Date.now() + 3_600_000).toISOString(),
          expiresAtMs: Date.now() + 7_200_000,
        }),
    ],
    ["another program's snapshot", () => void project.compile({ program: "0.0.1" })],
    ["another format", () => void project.compile({ format: 1 as 4 })],
    ["a declared key with another value", () => ({ GREETING: "other" })],
    ["a declared key that has no value", () => ({ OPTIONAL: "set" })],
    ["no key", () => rmSync(join(project.home, "machine.key")) as undefined],
    [
      "an identity since then",
      () => {
        mkdirSync(join(project.home, "identities", "shop"), { recursive: true });
        writeFileSync(join(project.home, "identities", "shop", "development.txt"), "AGE-SECRET-KEY-1\n", {
          mode: 0o600,
        });
        return undefined;
      },
    ],
  ];
  test.each(doubts)("%s: the slow path decides", (_, doubt) => {
    project.compile();
    expect(attempt()).toMatchObject({ status: 0, stdout: "ran\n" });
    const extra = doubt() ?? {};
    expect(attempt(extra)).toMatchObject({
      status: 7,
      stdout: 'slow ["run","-e","development","--","echo","ran"]\n',
    });
  });

  test("a rewritten input of the same content, and a declared key of the same value, need no slow path", () => {
    project.compile();
    writeFileSync(join(project.root, ".env"), "GREETING=hello\n");
    expect(attempt({ GREETING: "hello", ENVIRONMENT: "staging" })).toMatchObject({
      status: 0,
      stdout: "ran\n",
    });
  });

  test("an index that lies about the detection is found out", () => {
    const { detection } = project.compile({ ...STAGING });
    const path = join(project.root, ".ringfence", "cache", "index.json");
    const index = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...index, rule: { ...detection, fallback: "staging" } }));
    const { status, stderr } = run(["run", "--", "echo", "ran"]);
    expect(status).toBe(10);
    expect(stderr).toContain("error RUN_ENVIRONMENT_CHANGED");
  });
});

test.each([
  [["which", "--unknown"]],
  [["which", "-e", "nowhere"]],
  [["--help"]],
  [[]],
  [["run", "--help"]],
  [["run", "--dry-run", "--", "true"]],
  [["--json", "run", "true"]],
  [["run", "--unknown", "true"]],
  [["run"]],
  [["run", "-e", "nowhere", "true"]],
  [["run", "--project", "nowhere", "true"]],
])("%j is the slow path's", (words) => {
  project.compile();
  expect(run(words)).toMatchObject({ status: 7, stdout: `slow ${JSON.stringify(words)}\n` });
});

test("--project runs from anywhere, in the caller's folder", () => {
  project.compile();
  const words = ["--project", project.root, "run", "--", "sh", "-c", 'echo "$GREETING $PWD"'];
  expect(run(words, {}, { cwd: project.folder }).stdout).toBe(`hello ${project.folder}\n`);
});

test("a working folder that was removed leads to the slow path, not to a crash", () => {
  project.compile();
  const result = spawnSync(
    "sh",
    ["-c", 'mkdir gone && cd gone && rmdir ../gone && "$0" "$@"', process.execPath, entry, "run", "true"],
    {
      cwd: project.folder,
      env: variablesOf({}),
      encoding: "utf8",
    },
  );
  expect(result.stdout).toBe('slow ["run","true"]\n');
});

test("an older Node is told in one line what is needed", () => {
  const pretend = join(project.folder, "pretend.cjs");
  writeFileSync(pretend, 'Object.defineProperty(process.versions, "node", { value: "24.14.9" });');
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", pretend, entry, "which"], {
    encoding: "utf8",
  });
  expect({ status, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({
    status: 2,
    stdout: "",
    lines: 1,
  });
  expect(stderr).toMatch(/^ringfence needs Node 24\.15 or later; this is Node 24\.14\.9 /);
  const source = readFileSync(new URL("../ringfence.cjs", import.meta.url), "utf8");
  expect(source).not.toMatch(/\b(const|let|class|import|async)\b|=>|`/);
});
