/**
 * Performs a page: its files are written, its commands run, and what the commands print must be what stands there,
 * but for what differs from run to run and from machine to machine. `UPDATE_GOLDEN=1` rewrites what differs.
 *
 * - A block whose first line is a comment with a file's name (`# ringfence.yaml`, `// src/web.ts`) is that file. In a
 *   JSON file the comment is left out.
 * - Lines of a `console` block that begin with `$ ` are commands; after a backslash at its end a line goes on.
 * - The id of an operation that the page shows and types again is, in this run, the one that was printed there.
 * - Any other block is for reading.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { ENTRY } from "../e2e/cli-scene.ts";
import { normalise } from "./normalise.ts";
import { BLOCK, commandsOf } from "./page-blocks.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
/** The project's folder, as the pages' reader may have called it. */
const FOLDER = "shop";
const FILE_NAME = /^(?:#|\/\/) ([\w./{}-]*\.\w+)\n/;
const OPERATION = /\bop_[a-z0-9]{26}\b/g;
const PERSON = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@shop.test",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@shop.test",
};

export interface SessionOptions {
  /** Ports of the page, each with one that is free here. */
  readonly ports?: ReadonlyMap<string, string>;
}

/** One page and a scratch folder that it is performed in. */
export interface Session {
  /** Performs the whole page and expects it to be what happened. */
  expectPage(): void;
  /** Stops what still runs and removes the scratch folder. */
  remove(): void;
}

type Pairs = Iterable<readonly [page: string, here: string]>;

const toHere = (text: string, pairs: Pairs) =>
  [...pairs].reduce((at, [page, here]) => at.replaceAll(page, here), text);
const toPage = (text: string, pairs: Pairs) =>
  [...pairs].reduce((at, [page, here]) => at.replaceAll(here, page), text);

/** What has to be the same on the page and here. How wide a column is hangs on names and times of the machine. */
const essence = (text: string) => normalise(text, []).replace(/ {2,}/g, "  ");

/** The project's folder, its reader's home and shell. */
interface Desk {
  readonly root: string;
  /** What the page calls this machine's places. */
  readonly places: Pairs;
  /** Runs a command line in the project's folder. @returns what it prints, on both streams */
  bash(command: string): string;
  remove(): void;
}

function openDesk(): Desk {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-page-")));
  const root = join(scratch, FOLDER);
  const home = join(scratch, "home");
  const bin = join(scratch, "bin");
  for (const made of [root, bin]) mkdirSync(made);
  const ringfence = `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`;
  writeFileSync(join(bin, "ringfence"), ringfence, { mode: 0o755 });
  const path = `${bin}:${dirname(process.execPath)}:${process.env.PATH ?? ""}`;
  const env = { PATH: path, HOME: scratch, RINGFENCE_HOME: home, ...PERSON };
  const bash = (command: string) =>
    spawnSync("bash", ["-c", `{ ${command}\n} 2>&1`], { cwd: root, env, encoding: "utf8" }).stdout;
  return {
    root,
    places: [
      ["~/.config/ringfence", home],
      [`~/${FOLDER}`, root],
      ["host laptop", `host ${hostname()}`],
    ],
    bash,
    remove() {
      const environments = join(root, ".ringfence/environments");
      for (const environment of existsSync(environments) ? readdirSync(environments) : [])
        bash(`ringfence env stop -e '${environment}'`);
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** @param page its path from the repository's root: `docs/getting-started.md` */
export function openSession(page: string, { ports = new Map() }: SessionOptions = {}): Session {
  const path = resolve(REPOSITORY, page);
  const { root, places, bash, remove } = openDesk();
  const ids = new Map<string, string>();

  /** @param stands what the page says that the command prints */
  const performedCommand = (command: string, stands: string): string => {
    const printed = bash(toHere(command, [...ports, ...ids]));
    const shown = stands.match(OPERATION) ?? [];
    for (const [at, id] of (printed.match(OPERATION) ?? []).entries()) {
      const known = shown[at];
      if (known !== undefined && !ids.has(known)) ids.set(known, id);
    }
    return toPage(printed, [...ports, ...ids, ...places]);
  };

  /** A block as it should be: files are written and stay, commands are followed by what they print. */
  const performed = (language: string, body: string): string => {
    if (language === "console")
      return commandsOf(body)
        .map(({ command, stands }) => `$ ${command}\n${performedCommand(command, stands)}`)
        .join("");
    const name = FILE_NAME.exec(body)?.[1];
    if (name === undefined) return body;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    const text = name.endsWith(".json") ? body.slice(body.indexOf("\n") + 1) : body;
    writeFileSync(join(root, name), toHere(text, ports));
    return body;
  };

  return {
    expectPage() {
      const happened = readFileSync(path, "utf8").replace(BLOCK, (block, language: string, body: string) => {
        const now = performed(language, body);
        return essence(now) === essence(body) ? block : `\`\`\`${language}\n${now}\`\`\``;
      });
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, happened);
      expect(essence(readFileSync(path, "utf8"))).toBe(essence(happened));
    },
    remove,
  };
}
