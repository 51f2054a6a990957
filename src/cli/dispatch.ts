/** Every command but the hot path of `run`: parses by the catalogue, runs, prints, and says how it ended. */
import { CommanderError } from "commander";
import { catalogue, loadHost } from "../app/catalogue.generated.ts";
import { EXIT, isRingfenceError, type RingfenceError } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import { readValue } from "./input.ts";
import { buildProgram, type Typed } from "./program.ts";
import { renderError } from "./render/error.ts";
import { render } from "./render/index.ts";
import { showProgress } from "./render/progress.ts";
import { parseRun } from "./run/arguments.ts";
import { runSlowly } from "./run/slow.ts";
import { styledError } from "./style.ts";

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

function report(error: RingfenceError, json: boolean): void {
  process.stderr.write(`${json ? JSON.stringify(error) : renderError(error)}\n`);
}

function inputOf({ command, positionals, options }: Typed): Record<string, unknown> {
  const named = command.positionals.map(({ name }, at) => [name, positionals[at]]);
  const flags = command.flags.map(({ name }) => [name, options[name]]);
  return Object.fromEntries([...named, ...flags].filter(([, value]) => value !== undefined));
}

function environmentOf({ command, positionals, options }: Typed): string | undefined {
  const own =
    command.environmentFlag === "to"
      ? options.to
      : command.environmentFlag === "position"
        ? positionals[command.positionals.length]
        : undefined;
  return (own ?? options.environment) as string | undefined;
}

async function runTyped(typed: Typed): Promise<number> {
  const { command, options } = typed;
  const json = options.json === true;
  const text = (name: string) => options[name] as string | undefined;
  const { runCommand } = await loadHost();
  const { answer, error, exit } = await runCommand({
    command,
    catalogue,
    input: inputOf(typed),
    folder: text("project") ?? process.cwd(),
    environment: environmentOf(typed),
    as: text("as"),
    reason: text("reason"),
    force: text("force"),
    dryRun: options.dryRun === true,
    variables: process.env,
    readInput: readValue,
    progress: json ? () => {} : showProgress,
    warn: (warning) => process.stderr.write(`${styledError("yellow", "warning")} ${warning}\n`),
  });
  // A secret that was asked for by name is the one thing that may be shown.
  const safe = command.name === "secret get" ? (shown: string) => shown : redact;
  await print(safe(json ? JSON.stringify(answer, null, 2) : render(command.name, answer)));
  if (error) report(error, json);
  return exit;
}

function exitOf(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** Runs the command line. @returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  try {
    const run = parseRun(argv);
    if (run) return await runSlowly(run);
    let code: number = EXIT.ok;
    const program = buildProgram(catalogue, RINGFENCE_VERSION, async (typed) => {
      code = await runTyped(typed);
    });
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT.usage;
    }
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return exitOf(error);
    if (!isRingfenceError(error)) throw error;
    report(error, json);
    return error.exit;
  }
}
