import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  endOf,
  entries,
  entry,
  firstOutput,
  PRODUCTION,
  project,
  run,
  STAGING,
  script,
  start,
  useHotEntry,
  type Variables,
  variablesOf,
} from "./entry.fixture.ts";

useHotEntry();

const outputs = [
  ["direct", "development", {}],
  ["scrubbed", "staging", STAGING],
] as const;

describe.each(outputs)("%s", (_, environment, changes) => {
  beforeEach(() => {
    project.compile(changes);
  });
  const sh = (text: string, ...words: string[]) =>
    run(["run", "-e", environment, "--", "sh", "-c", text, ...words]);

  test.each([0, 1, 3, 10, 127, 255])("exit code %i", (code) => {
    expect(sh(`exit ${code}`)).toMatchObject({ status: code, signal: null, stderr: "" });
  });

  test.each(["SIGTERM", "SIGKILL", "SIGINT", "SIGPIPE", "SIGABRT", "SIGUSR1"])(
    "a child that ends by %s",
    (signal) => {
      expect(sh(`kill -${signal.slice(3)} $$`)).toMatchObject({ status: null, signal });
    },
  );

  test("settings, the environment's name, and no way to keys", () => {
    const { stdout } = run(["run", `-e${environment}`, "--", "env"], {
      SOPS_AGE_KEY_FILE: "/keys",
      KEPT: "yes",
      ENVIRONMENT: environment,
    });
    const lines = stdout.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "GREETING=hello",
        `ENVIRONMENT=${environment}`,
        `RINGFENCE_ENVIRONMENT=${environment}`,
      ]),
    );
    expect(lines).toContain("KEPT=yes");
    expect(stdout).not.toMatch(/RINGFENCE_HOME|SOPS_AGE/);
  });

  test("what a layer takes away, the caller does not give either", () => {
    project.compile({ ...changes, removed: ["TAKEN"] });
    const given = run(["run", "-e", environment, "--", "env"], { TAKEN: "yes", KEPT: "yes" }).stdout;
    expect(given).toContain("KEPT=yes");
    expect(given).not.toContain("TAKEN=");
  });

  test("arguments arrive as they are", () => {
    const words = ["a b", "", "*", "$HOME", '"', "'", "ö\n", "--", "-e", "x"];
    const { stdout } = run(["run", "-e", environment, "--", "printf", "<%s>", ...words]);
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
  });

  test("the working folder is the caller's, also below the root", () => {
    const below = join(project.root, "a", "b");
    mkdirSync(below, { recursive: true });
    expect(run(["run", "-e", environment, "--", "pwd"], {}, { cwd: below }).stdout).toBe(`${below}\n`);
  });

  test("standard input reaches the child", () => {
    expect(run(["run", "-e", environment, "cat"], {}, { input: "through" }).stdout).toBe("through");
  });

  test("standard output and standard error stay apart", () => {
    expect(sh("echo out; echo err >&2")).toMatchObject({ stdout: "out\n", stderr: "err\n" });
  });

  test("SIGPIPE and SIGXFSZ have their defaults again", () => {
    const ignored = /SigIgn:\s*(\w+)/.exec(sh("cat /proc/$$/status").stdout)?.[1];
    expect(Number.parseInt(ignored!, 16)).toBe(0);
    expect(sh("yes | head -1")).toMatchObject({ stdout: "y\n", stderr: "", status: 0 });
  });

  function inShell(pipeline: string, ...words: string[]) {
    const all = ["-c", pipeline, process.execPath, entry, "run", "-e", environment, "--", ...words];
    const { stdout, status } = spawnSync("bash", all, {
      cwd: project.root,
      env: variablesOf({}),
      encoding: "utf8",
    });
    return { stdout, status };
  }

  test("the child's output can be opened by its name", () => {
    const text = "echo out > /dev/stdout; echo err > /dev/stderr";
    expect(inShell('("$0" "$@" | cat) 2>&1 | sort', "sh", "-c", text).stdout).toBe("err\nout\n");
  });

  test("a reader that goes away ends the child", () => {
    const result = inShell('"$0" "$@" | head -1; exit "$PIPESTATUS"', "yes");
    expect(result).toEqual({ stdout: "y\n", status: 128 + 13 });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const)(
    "%s reaches the child",
    async (signal) => {
      const text = `trap 'echo caught; exit 42' ${signal.slice(3)}; echo ready; i=0; while [ $i -lt 500 ]; do i=$((i+1)); sleep 0.02; done`;
      const child = start(["run", "-e", environment, "--", "sh", "-c", text]);
      const ended = endOf(child);
      let output = await firstOutput(child);
      child.stdout!.on("data", (chunk) => {
        output += chunk;
      });
      child.kill(signal);
      expect(await ended).toEqual({ status: 42, signal: null });
      expect(output).toBe("ready\ncaught\n");
    },
  );

  describe("the command", () => {
    test("is searched in PATH, folders and files without permission are passed over", () => {
      const first = join(project.folder, "first");
      const second = join(project.folder, "second");
      mkdirSync(join(first, "folder-tool"), { recursive: true });
      mkdirSync(second);
      for (const [path, mode] of [
        [join(first, "tool"), 0o644],
        [join(second, "tool"), 0o755],
        [join(second, "folder-tool"), 0o755],
      ] as const) {
        writeFileSync(path, `#!/bin/sh\necho ${path}\n`);
        chmodSync(path, mode);
      }
      const PATH = [first, second, process.env.PATH].join(delimiter);
      for (const name of ["tool", "folder-tool"]) {
        expect(run(["run", "-e", environment, name], { PATH }).stdout).toBe(`${join(second, name)}\n`);
      }
      chmodSync(join(second, "tool"), 0o644);
      expect(run(["run", "-e", environment, "tool"], { PATH })).toMatchObject({ status: 126 });
    });

    test("that is not there: 127; nothing is recorded", () => {
      const { status, stderr } = run(["run", "-e", environment, "--", "no-such-command"]);
      expect(status).toBe(127);
      expect(stderr).toContain("error RUN_COMMAND_NOT_FOUND: no-such-command: command not found");
      expect(() => entries(environment)).toThrow("ENOENT");
    });

    const cases: [string, () => string, number, string][] = [
      ["a missing file", () => join(project.folder, "none"), 127, "RUN_COMMAND_NOT_FOUND"],
      ["a folder", () => project.root, 126, "RUN_COMMAND_NOT_EXECUTABLE"],
      ["no permission", () => script("plain", "#!/bin/sh\n", 0o644), 126, "RUN_COMMAND_NOT_EXECUTABLE"],
      [
        "a missing interpreter",
        () => script("lost", "#!/no/such/interpreter\n"),
        127,
        "RUN_COMMAND_NOT_FOUND",
      ],
    ];
    test.each(cases)("%s", (_name, path, status, code) => {
      const result = run(["run", "-e", environment, "--", path()]);
      expect(result).toMatchObject({ status, stdout: "" });
      expect(result.stderr).toContain(`error ${code}`);
      expect(result.stderr).not.toContain("    at ");
    });

    test("a cut-off binary does not abort us", () => {
      const path = script("cut", "");
      writeFileSync(path, readFileSync(process.execPath).subarray(0, 100));
      const { status, signal, stderr } = run(["run", "-e", environment, "--", path]);
      expect({ status, signal }).not.toMatchObject({ signal: "SIGABRT" });
      expect(status).not.toBe(0);
      expect(stderr).not.toContain("Native stack trace");
    });

    test("a script without a first line is the shell's, as execvp does it", () => {
      const path = script("bare", 'echo "$GREETING $1 $0"\n');
      expect(run(["run", "-e", environment, "--", path, "x y"]).stdout).toBe(`hello x y ${path}\n`);
    });

    test("a script whose interpreter is a script", () => {
      const inner = script("inner", '#!/bin/sh\necho inner "$2"\n');
      const outer = script("outer", `#!${inner}\n`);
      expect(run(["run", "-e", environment, "--", outer, "word"]).stdout).toBe("inner word\n");
    });

    test("arguments beyond what can be passed on", () => {
      const long = "x".repeat(100_000);
      expect(
        run(["run", "-e", environment, "--", "sh", "-c", 'printf %s "$1$2" | wc -c', "sh", long, long])
          .stdout,
      ).toBe("200000\n");
      // One string of 128 KiB is too long for Linux; only a file's content can bring it here.
      project.compile({ ...changes, variables: { HUGE: "x".repeat(200_000) }, secretNames: [] });
      const { status, stderr } = run(["run", "-e", environment, "--", "true"]);
      expect(status).toBe(126);
      expect(stderr).toContain("RUN_ARGUMENTS_TOO_LONG");
    });
  });

  test("a value that no process can have", () => {
    project.compile({ ...changes, variables: { BAD: "a\0b" }, secretNames: ["BAD"] });
    const { status, stderr } = run(["run", "-e", environment, "true"]);
    expect(status).toBe(3);
    expect(stderr).toContain("RUN_VARIABLE_UNFIT: BAD");
  });
});

describe("scrubbed output", () => {
  test("hides secrets on both streams, also cut over two writes; the child sees no terminal", () => {
    project.compile({ ...STAGING, variables: { API_TOKEN: "t0ken-of-staging" } });
    const text =
      'echo "$API_TOKEN"; echo "$API_TOKEN" >&2; printf %s "$API_TOKEN" | base64; ' +
      "printf t0ken-; sleep 0.1; echo of-staging; test -t 1 || echo piped";
    const { stdout, stderr } = run(["run", "-e", "staging", "--", "sh", "-c", text]);
    expect(stdout).toMatch(/^\[secret\]\n\[secret\].{0,3}\n\[secret\]\npiped\n$/);
    expect(stderr).toBe("[secret]\n");
  });

  test("hides what a child encodes, wherever it cuts its writes", () => {
    const secret = "t0ken/of+staging 'and' more";
    project.compile({ ...STAGING, variables: { API_TOKEN: secret } });
    const node = `
      const { writeSync } = require("node:fs");
      const secret = process.env.API_TOKEN, bytes = Buffer.from(secret);
      const forms = [secret, JSON.stringify({ secret }), encodeURIComponent(secret), bytes.toString("hex"),
        bytes.toString("base64"), Buffer.from("user:" + secret).toString("base64"), bytes.toString("base64url"),
        new URLSearchParams({ secret }).toString(), require("node:util").inspect(bytes)];
      for (const form of forms) for (let cut = 0; cut <= form.length; cut += 5) {
        writeSync(1, form.slice(0, cut));
        writeSync(1, form.slice(cut) + "\\n");
      }
      // So much at once that the scrubber makes its index.
      writeSync(1, (". ".repeat(50) + secret + "\\n").repeat(2000));`;
    const { stdout } = run(["run", "-e", "staging", "--", "node", "-e", node]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(2050);
    for (const line of lines) expect(line).toMatch(/^([\w{}":= .<]{0,100})\[secret\](["}=>]|.{0,3})$/);
  });

  test("is the rule under CI, and for production whatever its policy says", () => {
    project.compile();
    const echo = (environment: string, extra: Variables = {}) =>
      run(["run", "-e", environment, "--", "sh", "-c", 'echo "$API_TOKEN"'], extra).stdout;
    expect(echo("development")).toBe("t0ken-of-development\n");
    expect(echo("development", { CI: "true" })).toBe("[secret]\n");
    expect(echo("development", { CI: "false" })).toBe("t0ken-of-development\n");
    project.compile({ ...PRODUCTION, runOutput: "direct" });
    expect(echo("production")).toBe("[secret]\n");
  });

  test("megabytes pass unchanged to a slow reader", () => {
    project.compile(STAGING);
    const node = "const b=Buffer.alloc(3e6);for(let i=0;i<b.length;i++)b[i]=i*7;process.stdout.write(b)";
    const result = spawnSync(
      "bash",
      [
        "-c",
        '"$0" "$@" | (sleep 0.3; md5sum)',
        process.execPath,
        entry,
        "run",
        "-e",
        "staging",
        "--",
        "node",
        "-e",
        node,
      ],
      { cwd: project.root, env: variablesOf({}), encoding: "utf8" },
    );
    const expected = spawnSync("bash", ["-c", 'node -e "$0" | md5sum', node], { encoding: "utf8" });
    expect(result.stdout).toBe(expected.stdout);
  });

  test("a signal is forwarded while the reader stalls", async () => {
    project.compile(STAGING);
    const text =
      "trap 'exit 9' TERM; echo ready; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done";
    const child = start(["run", "-e", "staging", "--", "sh", "-c", text]);
    const ended = endOf(child);
    await firstOutput(child);
    child.stdout!.pause();
    child.kill("SIGTERM");
    child.stdout!.resume();
    expect(await ended).toEqual({ status: 9, signal: null });
  });
});
