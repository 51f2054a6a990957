/** Commands for programs: by name, with the same guards, door and record as the command line. */
import { nearest } from "../base/nearest.ts";
import type { Progress } from "./app.ts";
import { catalogue } from "./catalogue.generated.ts";
import { appErrors } from "./errors.ts";
import { type Answer, type Request, runCommand } from "./host.ts";

export interface CommandOptions {
  /** The project's folder, or one inside it; the working directory unless told. */
  readonly folder?: string;
  /** As `-e`; left out, it is detected as the command line does. */
  readonly environment?: string;
  /** Positionals and flags by name: `{ key: "LOG_LEVEL" }` for `config explain`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** As `--as`. */
  readonly as?: string;
  /** As `--reason`. */
  readonly reason?: string;
  /** As `--force`: why the host guard shall not count. */
  readonly force?: string;
  readonly dryRun?: boolean;
  /** What the command line reads from standard input: the value for `secret set`. */
  readonly value?: string;
  /** Each step of an operation, while it runs. */
  readonly progress?: (progress: Progress) => void;
  readonly warn?: (text: string) => void;
  readonly options?: Request["options"];
}

/**
 * Runs one command of the catalogue. A shut gate or a failed step is no exception: it is the answer's `error`.
 *
 * @param name as typed: `config show`, `promote`
 * @throws RingfenceError for what can't even begin: APP_COMMAND_UNKNOWN, ENV_UNKNOWN, APP_BAD_INPUT …
 *
 * @example
 * const { answer } = await command("config explain", { environment: "staging", input: { key: "LOG_LEVEL" } });
 */
export async function command(name: string, options: CommandOptions = {}): Promise<Answer> {
  const item = catalogue.find((candidate) => candidate.name === name);
  if (!item) {
    const near = nearest(
      name,
      catalogue.map((candidate) => candidate.name),
    );
    throw appErrors.APP_COMMAND_UNKNOWN({
      what: `there is no command ${JSON.stringify(name)}`,
      why: near && `did you mean ${JSON.stringify(near)}?`,
      fix: `command(${JSON.stringify(near ?? "status")})`,
    });
  }
  return runCommand({
    command: item,
    catalogue,
    input: options.input ?? {},
    folder: options.folder ?? process.cwd(),
    environment: options.environment,
    as: options.as,
    reason: options.reason,
    force: options.force,
    dryRun: options.dryRun ?? false,
    variables: process.env,
    readInput: async () => options.value ?? "",
    progress: options.progress ?? (() => {}),
    warn: options.warn ?? (() => {}),
    ...(options.options ? { options: options.options } : {}),
  });
}
