/** The code that V8 made of the bundles, kept beside them from one start to the next. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
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
    ["development", ["main"]],
    ["staging", ["attended", "main"]],
  ])("is kept by a hot run in %s, and used by the next one", (environment, bundles) => {
    const words = ["run", "-e", environment, "--", "printenv", "GREETING"];
    const contents = () => kept().map((name) => readFileSync(join(dirname(entry), name)));
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
    const names = kept().map((name) => /^(\w+)-\w+-v[\d.]+-\w+\.v8$/.exec(name)?.[1]);
    expect(names.sort()).toEqual(bundles);
    const before = contents();
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
    expect(contents()).toEqual(before);
  });

  test("is used also where options stand before the word", () => {
    const words = ["-e", "development", "run", "--", "printenv", "GREETING"];
    const times = () => kept().map((name) => statSync(join(dirname(entry), name), { bigint: true }).mtimeNs);
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n" });
    const before = times();
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n" });
    expect(times()).toEqual(before);
  });

  test("is no reason to fail where the package goes away meanwhile", () => {
    const moved = `${dirname(entry)}-moved`;
    const text = `mv '${dirname(entry)}' '${moved}'; echo ran`;
    try {
      expect(run(["run", "-e", "staging", "--", "sh", "-c", text])).toMatchObject({
        status: 0,
        stdout: "ran\n",
        stderr: "",
      });
    } finally {
      renameSync(moved, dirname(entry));
    }
  });

  test("is not kept by what is no hot run, which compiles too little of it", () => {
    expect(run(["which"]).status).toBe(0);
    expect(run(["--help"]).status).toBe(7);
    expect(kept()).toEqual([]);
  });

  test("of the slow path is kept where a command says so, used by the next, and made again when damaged", () => {
    const said = { status: 7, stdout: 'slow ["env","list"]\n', stderr: "" };
    const listed = () => {
      expect(run(["env", "list"])).toMatchObject(said);
      expect(kept().map((name) => name.split("-")[0])).toEqual(["cli"]);
      const path = join(dirname(entry), kept()[0]!);
      return { path, text: readFileSync(path), time: statSync(path, { bigint: true }).mtimeNs };
    };
    const { path, time } = listed();
    expect(listed().time).toBe(time);
    writeFileSync(path, "damaged");
    expect(listed().text.length).toBeGreaterThan(100);
  });

  test.each([0, 100, 30_000])("that was cut off at %i bytes is not used", (bytes) => {
    const words = ["run", "-e", "development", "--", "printenv", "GREETING"];
    run(words);
    truncateSync(join(dirname(entry), kept()[0]!), bytes);
    expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
  });

  test.each([0, 40, 5_000, 20_000, 60_000])(
    "that is damaged at byte %i is not used, and made again",
    (at) => {
      const words = ["run", "-e", "development", "--", "printenv", "GREETING"];
      run(words);
      const path = join(dirname(entry), kept()[0]!);
      const whole = readFileSync(path);
      const damaged = Buffer.from(whole);
      for (let i = 0; i < 8; i++) damaged[at + i]! ^= 0xff;
      writeFileSync(path, damaged);
      expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
      expect(readFileSync(path).equals(damaged)).toBe(false);
      expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
    },
  );

  test("is as readable as the entry, whatever the umask; a folder in its place is passed by", () => {
    const words = ["run", "-e", "development", "--", "printenv", "GREETING"];
    const before = process.umask(0o077);
    try {
      run(words);
    } finally {
      process.umask(before);
    }
    const path = join(dirname(entry), kept()[0]!);
    expect(statSync(path).mode & 0o777).toBe(statSync(join(dirname(entry), "main.cjs")).mode & 0o777);
    rmSync(path);
    mkdirSync(path);
    try {
      expect(run(words)).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
    } finally {
      rmSync(path, { recursive: true });
    }
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
