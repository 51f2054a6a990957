/** Every command but the hot path of `run`: parses by the catalogue, runs, prints, and says how it ended. */
import { type Command, CommanderError } from "commander";
import { catalogue, loadHost } from "../app/catalogue.generated.ts";
import { EXIT, isRingfenceError, type RingfenceError, systemCode } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import { shownLine } from "../base/shell-word.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import { completionScript, type Shell } from "./completion.ts";
import { confirmAtTerminal } from "./confirm.ts";
import { readValue } from "./input.ts";
import { watchInterrupt } from "./interrupt.ts";
import { passphraseAsker } from "./passphrase.ts";
import { buildProgram, type Line, type Typed } from "./program.ts";
import { renderError } from "./render/error.ts";
import { render } from "./render/index.ts";
import { showProgress } from "./render/progress.ts";
import { shownLines, shownPage } from "./render/shown.ts";
import { parseRun, type RunRequest } from "./run/arguments.ts";
import { reportError } from "./run/report.ts";
import { runSlowly } from "./run/slow.ts";
import { styledError } from "./style.ts";
import { unknownWord } from "./usage.ts";
import { workingFolder } from "./working-folder.ts";

/** Whoever closes the pipe has read enough: that is no failure, and what the command did stays done. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (systemCode(error) !== "EPIPE") throw error;
    });
  }
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) =>
      error && systemCode(error) !== "EPIPE" ? reject(error) : resolve(),
    );
  });
}

function report(error: RingfenceError, json: boolean): void {
  process.stderr.write(`${json ? JSON.stringify(error) : renderError(error)}\n`);
}

function warn(warning: string, json: boolean): void {
  const text = json ? redact(warning) : shownLines(warning);
  process.stderr.write(
    `${json ? JSON.stringify({ warning: text }) : `${styledError("yellow", "warning")} ${text}`}\n`,
  );
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

/**
 * Answers that no secret is masked in: one that was asked for by name, and an export, whose values must be exact; it
 * has secrets only where they were asked for, and refuses to show one by way of a plain setting.
 */
const SHOWN_AS_IT_IS = ["secret get", "config export"];

async function runTyped(typed: Typed, { argv }: Line): Promise<number> {
  const { command, options } = typed;
  const json = options.json === true;
  const text = (name: string) => options[name] as string | undefined;
  const { runCommand } = await loadHost();
  const input = inputOf(typed);
  const watch = watchInterrupt((error) => report(error, json));
  const { answer, error, exit } = await runCommand({
    command,
    catalogue,
    input,
    folder: text("project") ?? workingFolder(),
    environment: environmentOf(typed),
    as: text("as"),
    reason: text("reason"),
    force: text("force"),
    dryRun: options.dryRun === true,
    again: (flags) => `${shownLine(["ringfence", ...argv])} ${flags}`,
    variables: process.env,
    readInput: readValue,
    askPassphrase: passphraseAsker(),
    ...(json ? {} : { confirm: confirmAtTerminal }),
    progress(seen) {
      if (seen.operation !== "") watch.running(seen.operation);
      if (!json) showProgress(seen);
    },
    warn: (warning) => warn(warning, json),
  }).finally(() => watch.stop());
  const isExact = SHOWN_AS_IT_IS.includes(command.name);
  const page = json ? JSON.stringify(answer, null, 2) : render(command.name, answer, input);
  await print(isExact ? page : json ? redact(page) : shownPage(page));
  if (error) report(error, json);
  return exit;
}

/** `help config show` is `config show --help`. */
function withoutHelpWord(argv: readonly string[], program: Command): readonly string[] {
  if (argv[0] !== "help") return argv;
  let at = program;
  for (const word of argv.slice(1).filter((one) => !one.startsWith("-"))) {
    const found = at.commands.find((command) => command.name() === word);
    if (!found) throw unknownWord(at, argv, word, "command");
    at = found;
  }
  return [...argv.slice(1), "--help"];
}

async function runProgram(line: Line, keepCode: () => void): Promise<number> {
  let code: number = EXIT.ok;
  const handlers = {
    async run(typed: Typed) {
      code = await runTyped(typed, line);
      keepCode();
    },
    complete(shell: Shell, program: Command) {
      process.stdout.write(completionScript(shell, program));
    },
  };
  const program = buildProgram(catalogue, RINGFENCE_VERSION, handlers, line);
  try {
    const argv = withoutHelpWord(line.argv, program);
    const run = argv === line.argv ? undefined : parseRun(argv);
    if (run) return await runSlowly(run);
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

/**
 * Runs the command line.
 *
 * @param keepCode is called at the end of a command: what only helps compiles too little of this bundle.
 * @returns the exit code
 */
export async function main(argv: readonly string[], keepCode: () => void): Promise<number> {
  // What stands behind `--` belongs to another program.
  const end = argv.indexOf("--");
  let json = argv.slice(0, end < 0 ? undefined : end).includes("--json");
  ignoreClosedPipes();
  try {
    const run: RunRequest | undefined = parseRun(argv);
    if (!run) return await runProgram({ argv, json }, keepCode);
    json = run.json;
    return await runSlowly(run);
  } catch (error) {
    // Here, since this bundle knows what has to be taken out of it.
    if (!isRingfenceError(error)) return reportError(error);
    report(error, json);
    return error.exit;
  }
}
