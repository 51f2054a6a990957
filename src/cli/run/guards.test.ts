import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { entries, PRODUCTION, project, run, STAGING, useHotEntry, type Variables } from "./entry.fixture.ts";

useHotEntry();

/** The project as if this machine belonged to these environments. */
function onHostOf(...owners: readonly string[]) {
  const { detection } = project.snapshot();
  const environments = detection.environments.map((one) => ({
    ...one,
    hosts: owners.includes(one.name) ? [hostname()] : ["elsewhere-*"],
  }));
  const rule = { ...detection, environments };
  project.compile({ ...PRODUCTION, detection: rule });
  project.compile({ ...STAGING, detection: rule });
  project.compile({ detection: rule });
}

interface Case {
  readonly name: string;
  readonly host?: string;
  readonly words: readonly string[];
  readonly variables?: Variables;
  /** The environment that it runs in, or the code of the refusal. */
  readonly answer: string;
}

const cases: readonly Case[] = [
  { name: "nothing is said", words: [], answer: "development" },
  { name: "the variable", words: [], variables: { ENVIRONMENT: "staging" }, answer: "staging" },
  {
    name: "the flag before the variable",
    words: ["-e", "staging"],
    variables: { ENVIRONMENT: "production" },
    answer: "staging",
  },
  { name: "the host's name", host: "staging", words: [], answer: "staging" },
  { name: "production by its host's name", host: "production", words: [], answer: "production" },
  {
    name: "production by the variable on its host",
    host: "production",
    words: [],
    variables: { ENVIRONMENT: "production" },
    answer: "production",
  },
  {
    name: "production by the variable alone",
    words: [],
    variables: { ENVIRONMENT: "production" },
    answer: "GUARD_PRODUCTION_NOT_EXPLICIT",
  },
  {
    name: "production by the variable alone, forced",
    words: ["--force", "a reason"],
    variables: { ENVIRONMENT: "production" },
    answer: "GUARD_PRODUCTION_NOT_EXPLICIT",
  },
  { name: "production by the flag", words: ["-e", "production"], answer: "production" },
  {
    name: "production on staging's host",
    host: "staging",
    words: ["-e", "production"],
    answer: "GUARD_WRONG_HOST",
  },
  {
    name: "production by the variable on staging's host",
    host: "staging",
    words: [],
    variables: { ENVIRONMENT: "production" },
    answer: "GUARD_PRODUCTION_NOT_EXPLICIT",
  },
  {
    name: "development on production's host",
    host: "production",
    words: ["-e", "development"],
    answer: "GUARD_WRONG_HOST",
  },
  {
    name: "development by the variable on production's host",
    host: "production",
    words: [],
    variables: { ENVIRONMENT: "development" },
    answer: "GUARD_WRONG_HOST",
  },
  {
    name: "forced with spaces for a reason",
    host: "production",
    words: ["-e", "development", "--force", "  "],
    answer: "GUARD_WRONG_HOST",
  },
  {
    name: "inside another environment's run",
    words: ["-e", "staging"],
    variables: { RINGFENCE_ENVIRONMENT: "development" },
    answer: "GUARD_NESTED",
  },
  {
    name: "inside another environment's run, forced",
    words: ["-e", "staging", "--force", "a reason"],
    variables: { RINGFENCE_ENVIRONMENT: "development" },
    answer: "GUARD_NESTED",
  },
  {
    name: "inside its own run",
    words: ["-e", "staging"],
    variables: { RINGFENCE_ENVIRONMENT: "staging" },
    answer: "staging",
  },
];

describe("what runs, and what is refused", () => {
  test.each(cases)("$name: $answer", ({ host, words, variables, answer }) => {
    onHostOf(...(host ? [host] : []));
    const { status, stdout, stderr } = run(
      ["run", ...words, "--", "sh", "-c", 'echo "$RINGFENCE_ENVIRONMENT"'],
      variables,
    );
    if (!answer.startsWith("GUARD_")) {
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${answer}\n`, stderr: "" });
      return;
    }
    expect({ status, stdout }).toEqual({ status: 10, stdout: "" });
    expect(stderr).toContain(`error ${answer}`);
    expect(stderr).toMatch(/fix {4}\S/);
  });
});

describe("forced with a reason", () => {
  beforeEach(() => onHostOf("staging"));

  test("it runs, warns loudly and is recorded with the reason and how the environment was selected", () => {
    const forced = run(["run", "-e", "production", "--force", "staging's host takes over", "--", "true"]);
    expect(forced).toMatchObject({ status: 0, stdout: "" });
    expect(forced.stderr).toMatch(/^warning GUARD_WRONG_HOST: .*staging's host takes over/);
    expect(entries("production").entries).toMatchObject([
      { force: "staging's host takes over", method: "flag", host: hostname(), environment: "production" },
    ]);
  });

  test("it needs its record, also where the kind requires none", () => {
    writeFileSync(join(project.root, ".ringfence", "spool"), "a file where the folder belongs");
    const forced = run(["run", "-e", "development", "--force", "a reason", "--", "echo", "ran"]);
    expect(forced).toMatchObject({ status: 10, stdout: "" });
    expect(forced.stderr).toContain("error SPOOL_UNWRITABLE");
  });

  test("a refused run leaves no record of an injection", () => {
    run(["run", "-e", "production", "--", "true"]);
    expect(() => entries("production")).toThrow(/ENOENT/);
  });
});

test("a child of any environment gets no way to keys, but what is its own", () => {
  const ways = {
    RINGFENCE_HOME: project.home,
    RINGFENCE_IDENTITY: "AGE-SECRET-KEY-1",
    SOPS_AGE_KEY: "AGE-SECRET-KEY-1",
    SOPS_AGE_KEY_FILE: "/keys.txt",
    SOPS_AGE_KEY_CMD: "cat /keys.txt",
    SOPS_AGE_SSH_PRIVATE_KEY_FILE: "/id_ed25519",
    VAULT_TOKEN: "hvs.token",
  };
  project.compile();
  project.compile(STAGING);
  for (const environment of ["development", "staging"]) {
    const { stdout } = run(["run", "-e", environment, "--", "env"], { ...ways, SSH_AUTH_SOCK: "/agent" });
    const names = stdout.split("\n").map((line) => line.split("=")[0]!);
    expect(names.filter((name) => Object.hasOwn(ways, name))).toEqual([]);
    expect(names).toContain("SSH_AUTH_SOCK");
  }
});
