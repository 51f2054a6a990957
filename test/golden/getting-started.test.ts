/**
 * Runs the session of docs/getting-started.md: its files are written, its commands run, and what they print must be
 * what stands there, but for keys, ids and times. `UPDATE_GOLDEN=1` rewrites what differs.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { anyPort } from "../contracts/target.ts";
import { ENTRY } from "../e2e/cli-scene.ts";
import { normalise } from "./normalise.ts";

const PAGE = fileURLToPath(new URL("../../docs/getting-started.md", import.meta.url));
const BLOCK = /^```(\w+)\n(.*?)^```$/gms;
const FILE_NAME = /^(?:#|\/\/) (\S+\.\w+)\n/;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-page-")));
const root = join(scratch, "hello");
const home = join(scratch, "home");
const ports = new Map([
  ["24110", String(await anyPort())],
  ["24120", String(await anyPort())],
]);

/** The page's ports are the reader's; here any that are free. */
const withPorts = (text: string) => text.replace(/\b241[12]0\b/g, (port) => ports.get(port)!);
const named = (text: string) =>
  [...ports, ["~/.config/ringfence", home] as const].reduce(
    (at, [name, here]) => at.replaceAll(here, name),
    text,
  );

function bash(command: string): string {
  const { PATH = "" } = process.env;
  const who = {
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@hello.test",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@hello.test",
  };
  const path = `${join(scratch, "bin")}:${dirname(process.execPath)}:${PATH}`;
  const env = { PATH: path, HOME: scratch, RINGFENCE_HOME: home, ...who };
  const ran = spawnSync("bash", ["-c", `{ ${withPorts(command)}; } 2>&1`], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  return named(ran.stdout);
}

afterAll(() => {
  bash("ringfence env stop -e development");
  rmSync(scratch, { recursive: true, force: true });
});

/** A block as it should be: files are written and stay, commands are followed by what they print. */
function performed(language: string, body: string): string {
  if (language === "console") {
    const commands = body.split("\n").filter((line) => line.startsWith("$ "));
    return commands.map((line) => `${line}\n${bash(line.slice(2))}`).join("");
  }
  const name = FILE_NAME.exec(body)?.[1];
  if (!name) throw new Error(`the block ${body.slice(0, 40)} begins with no file name`);
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), withPorts(body));
  return body;
}

test("the session on the page happens as it stands there", () => {
  mkdirSync(root);
  mkdirSync(join(scratch, "bin"));
  writeFileSync(
    join(scratch, "bin", "ringfence"),
    `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`,
    { mode: 0o755 },
  );
  const page = readFileSync(PAGE, "utf8");
  const happened = page.replace(BLOCK, (block, language: string, body: string) => {
    const now = performed(language, body);
    return normalise(now, []) === normalise(body, []) ? block : `\`\`\`${language}\n${now}\`\`\``;
  });
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, happened);
  expect(normalise(readFileSync(PAGE, "utf8"), [])).toBe(normalise(happened, []));
});
