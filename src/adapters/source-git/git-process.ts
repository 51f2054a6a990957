/** Running git: its whole output at once, or while it comes. */
import { execFile, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { systemCode } from "../../base/error.ts";
import { commandEnvironment } from "./commands.ts";
import { sourceErrors } from "./errors.ts";

const LARGEST_OUTPUT_BYTES = 512 * 1024 * 1024;

export interface Outcome {
  readonly ok: boolean;
  readonly output: Buffer;
  /** What git said on standard error, its last lines. */
  readonly words: string;
}

export interface Run {
  readonly folder: string;
  readonly indexFile?: string | undefined;
  readonly input?: string;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n");
}

function toolMissing(folder: string, cause: unknown): Error {
  return sourceErrors.SOURCE_TOOL_MISSING({
    what: "git could not be started",
    where: folder,
    why: "it is not on the PATH, or the folder does not exist",
    fix: "sudo apt-get install git",
    cause,
  });
}

/** The error for a git command that did not do what it should. */
export function failed(what: string, where: string, words: string): Error {
  return sourceErrors.SOURCE_FAILED({ what, where, why: words, fix: `git -C ${where} status` });
}

export function run(args: readonly string[], { folder, indexFile, input }: Run): Promise<Outcome> {
  const environment = commandEnvironment(process.env, indexFile);
  return new Promise((done, fail) => {
    const options = {
      cwd: folder,
      env: environment,
      encoding: "buffer",
      maxBuffer: LARGEST_OUTPUT_BYTES,
    } as const;
    const child = execFile("git", args, options, (error, output, words) => {
      if (systemCode(error) === "ENOENT") return fail(toolMissing(folder, error));
      done({ ok: error === null, output, words: lastLines(words.toString()) || (error?.message ?? "") });
    });
    // Where git ends before it has read everything, its exit code tells; the broken pipe does not matter.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "", "latin1");
  });
}

/**
 * The output of a git command while it comes. Whoever stops reading ends the command.
 *
 * @param input what it is given to read, while it asks for it
 * @throws SOURCE_TOOL_MISSING; SOURCE_FAILED, saying that `what` was not possible
 */
export async function* stream(
  args: readonly string[],
  what: string,
  { folder, indexFile }: Run,
  input: Iterable<string> = [],
): AsyncGenerator<Buffer> {
  const env = commandEnvironment(process.env, indexFile);
  const child = spawn("git", args, { cwd: folder, env });
  let words = "";
  child.stderr.on("data", (data: Buffer) => {
    words = lastLines(`${words}${data.toString()}`);
  });
  const end = new Promise<number | null>((done, fail) => {
    child.on("error", (error) => fail(systemCode(error) === "ENOENT" ? toolMissing(folder, error) : error));
    child.on("close", done);
  });
  // It is awaited below; until then nobody would take its failure.
  end.catch(() => {});
  child.stdin.on("error", () => {});
  Readable.from(input).pipe(child.stdin);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    if ((await end) !== 0) throw failed(what, folder, words);
  } finally {
    child.kill();
  }
}
