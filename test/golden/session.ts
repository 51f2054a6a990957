/**
 * Pages that can be performed: their files are written, their commands run, and what the commands print must be what
 * stands there, but for what differs from run to run (`normalise.ts`). `UPDATE_GOLDEN=1` rewrites what differs.
 *
 * - A block whose first line is a comment with a file's name (`# ringfence.yaml`, `// src/web.ts`) is that file. In a
 *   JSON file the comment is left out.
 * - Lines of a `console` block that begin with `$ ` are commands; after a backslash at its end a line goes on.
 * - Any other block is for reading.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { ENTRY } from "../e2e/cli-scene.ts";
import { normalise } from "./normalise.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const BLOCK = /^```(\w+)\n(.*?)^```$/gms;
const FILE_NAME = /^(?:#|\/\/) ([\w./{}-]*\.\w+)\n/;
const COMMAND = /^\$ ((?:.*\\\n)*.*)$/gm;
const PERSON = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@hello.test",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@hello.test",
};

export interface SessionOptions {
  /** The project's folder, as the page's reader may have called it; `hello` unless told. */
  readonly folder?: string;
  /** Ports of the page, each with one that is free here. */
  readonly ports?: ReadonlyMap<string, string>;
}

/** One page and a scratch folder that it is performed in. */
export interface Session {
  /** Runs a command line in the project's folder. @returns what it prints, on both streams, in the page's words */
  bash(command: string): string;
  /** Performs the whole page and expects it to be what happened. */
  expectPage(): void;
  /** Removes the scratch folder. */
  remove(): void;
}

/** @param page its path from the repository's root: `docs/getting-started.md` */
export function openSession(
  page: string,
  { folder = "hello", ports = new Map() }: SessionOptions = {},
): Session {
  const path = resolve(REPOSITORY, page);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-page-")));
  const root = join(scratch, folder);
  const home = join(scratch, "home");
  const bin = join(scratch, "bin");
  for (const made of [root, bin]) mkdirSync(made);
  const ringfence = `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`;
  writeFileSync(join(bin, "ringfence"), ringfence, { mode: 0o755 });

  const replaced = (text: string, pairs: readonly (readonly [string, string])[]) =>
    pairs.reduce((at, [from, to]) => at.replaceAll(from, to), text);
  const here = (text: string) => replaced(text, [...ports]);
  const onPage = (text: string) =>
    replaced(text, [
      ...[...ports].map(([name, port]) => [port, name] as const),
      [home, "~/.config/ringfence"],
      [root, `~/${folder}`],
    ]);

  const bash = (command: string): string => {
    const path = `${bin}:${dirname(process.execPath)}:${process.env.PATH ?? ""}`;
    const env = { PATH: path, HOME: scratch, RINGFENCE_HOME: home, ...PERSON };
    const script = `{ ${here(command)}\n} 2>&1`;
    return onPage(spawnSync("bash", ["-c", script], { cwd: root, env, encoding: "utf8" }).stdout);
  };

  /** A block as it should be: files are written and stay, commands are followed by what they print. */
  const performed = (language: string, body: string): string => {
    if (language === "console") {
      return [...body.matchAll(COMMAND)].map(([line, command]) => `${line}\n${bash(command!)}`).join("");
    }
    const name = FILE_NAME.exec(body)?.[1];
    if (name === undefined) return body;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    const text = name.endsWith(".json") ? body.slice(body.indexOf("\n") + 1) : body;
    writeFileSync(join(root, name), here(text));
    return body;
  };

  return {
    bash,
    expectPage() {
      const happened = readFileSync(path, "utf8").replace(BLOCK, (block, language: string, body: string) => {
        const now = performed(language, body);
        return normalise(now, []) === normalise(body, []) ? block : `\`\`\`${language}\n${now}\`\`\``;
      });
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, happened);
      expect(normalise(readFileSync(path, "utf8"), [])).toBe(normalise(happened, []));
    },
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
