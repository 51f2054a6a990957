/** The code that V8 made of the hot entry, kept beside it from one run to the next. */
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { entry, project, run, STAGING, useHotEntry } from "./entry.fixture.ts";

useHotEntry();

function kept(): readonly string[] {
  return readdirSync(dirname(entry)).filter((name) => name.includes(".v8"));
}

beforeEach(() => {
  for (const name of kept()) rmSync(join(dirname(entry), name));
  project.compile();
  project.compile(STAGING);
});

describe("compiled code", () => {
  test.each([
    ["development", "hello"],
    ["staging", "hello"],
  ])("is kept by a hot run in %s, and used by the next one", (environment, greeting) => {
    const words = ["run", "-e", environment, "--", "printenv", "GREETING"];
    expect(run(words)).toMatchObject({ status: 0, stdout: `${greeting}\n`, stderr: "" });
    const [name, ...others] = kept();
    expect(name).toMatch(/^main-\w+-v[\d.]+-\w+\.v8$/);
    expect(others).toEqual([]);
    const before = readFileSync(join(dirname(entry), name!));
    expect(run(words)).toMatchObject({ status: 0, stdout: `${greeting}\n`, stderr: "" });
    expect(readFileSync(join(dirname(entry), name!))).toEqual(before);
  });

  test("is not kept by what is no hot run, which compiles too little of it", () => {
    expect(run(["which"]).status).toBe(0);
    expect(run(["env", "list"]).status).toBe(7);
    expect(kept()).toEqual([]);
  });

  test.each([0, 100, 30_000])("that was cut off at %i bytes is not used", (bytes) => {
    const words = ["run", "-e", "development", "--", "printenv", "GREETING"];
    run(words);
    truncateSync(join(dirname(entry), kept()[0]!), bytes);
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
  });

  // Whoever is root may write everywhere.
  test.skipIf(process.getuid?.() === 0)("is not missed where it can't be written", () => {
    const folder = dirname(entry);
    chmodSync(folder, 0o500);
    try {
      const words = ["run", "-e", "development", "--", "printenv", "GREETING"];
      expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
      expect(kept()).toEqual([]);
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});
