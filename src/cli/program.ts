/** The command line made from the catalogue: every command, its positionals and flags, and the global ones. */
import { Argument, Command, type CommanderError, Option } from "commander";
import type { CatalogueItem, FlagEntry } from "../app/catalogue.generated.ts";
import { SHELLS, type Shell } from "./completion.ts";
import { aboutGroup, addHelp, GLOBAL_HEADING, HELP_STYLE, rankOf } from "./help.ts";
import { usageError } from "./usage.ts";

/** What was typed, by name. */
export interface Typed {
  readonly command: CatalogueItem;
  readonly positionals: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What becomes of a line that is understood. */
export interface Handlers {
  /** Called for exactly one command of the catalogue. */
  readonly run: (typed: Typed) => Promise<void>;
  readonly complete?: (shell: Shell, program: Command) => void;
}

/** The line as it was typed, for corrections; and whether errors go out as JSON, so that no help does. */
export interface Line {
  readonly argv: readonly string[];
  readonly json: boolean;
}

function option(flag: FlagEntry): Option {
  const value =
    flag.type === "boolean"
      ? ""
      : flag.type === "list"
        ? " <value...>"
        : ` <${flag.type === "number" ? "number" : "value"}>`;
  const made = new Option(`--${flag.name}${value}`, flag.description);
  // Kept under the input's own name: left alone, commander makes camelCase of it.
  made.attributeName = () => flag.name;
  if (flag.values) made.choices([...flag.values]);
  return flag.required ? made.makeOptionMandatory() : made;
}

/** @param environment whether the command works on one; where it does not, the flag is taken but not shown. */
function addGlobals(command: Command, environment: boolean): Command {
  const named = new Option(
    "-e, --environment <name>",
    "the environment; else $ENVIRONMENT, the host name, the default",
  );
  const globals = [
    environment ? named : named.hideHelp(),
    new Option("--project <dir>", "the project's folder; else the nearest one upward with a ringfence.yaml"),
    new Option("--as <person>", "who acts, where several people have keys on this machine"),
    new Option("--json", "one JSON document on standard output"),
  ];
  for (const global of globals) command.addOption(global.helpGroup(GLOBAL_HEADING));
  return command;
}

function addLeaf(parent: Command, word: string, item: CatalogueItem, run: Handlers["run"]): void {
  const command = parent.command(word).description(item.summary);
  for (const { name, required, description } of item.positionals) {
    command.argument(required ? `<${name}>` : `[${name}]`, description);
  }
  if (item.environmentFlag === "position") command.argument("[environment]", "the environment");
  for (const flag of item.flags) command.addOption(option(flag));
  if (item.environmentFlag === "to") command.option("--to <environment>", "the environment that it goes to");
  if (item.explicit) {
    command
      .option("--reason <text>", "why, for the record")
      .option("--force <reason>", "go past the host guard; warned about and recorded");
  }
  if (item.form === "operation") command.option("--dry-run", "show the plan; change nothing");
  if (item.form === "setup") command.option("--dry-run", "show what would be written; write nothing");
  addGlobals(command, item.scope === "environment" || item.environmentFlag === "filter");
  command.action((...values) => {
    const positionals = values.slice(0, -2) as (string | undefined)[];
    return run({ command: item, positionals, options: command.optsWithGlobals() });
  });
}

const firstWord = ({ name }: CatalogueItem) => name.split(" ")[0]!;

/**
 * What a line can be about. Commands that begin with another word than the line are not looked at, and making all of
 * them would take a tenth of a small command's time; of a group only its name is needed then.
 */
function neededFor({ argv }: Line, catalogue: readonly CatalogueItem[]): readonly CatalogueItem[] {
  const [first] = argv;
  const isHelp = argv.length === 1 && (first === "--help" || first === "-h");
  if (!isHelp && !catalogue.some((item) => firstWord(item) === first)) return catalogue;
  const seen = new Set<string>();
  return catalogue.filter((item) => {
    const word = firstWord(item);
    const isNeeded = word === first || !seen.has(word);
    seen.add(word);
    return isNeeded;
  });
}

function addCatalogue(program: Command, catalogue: readonly CatalogueItem[], run: Handlers["run"]): void {
  for (const item of [...catalogue].sort((a, b) => rankOf(firstWord(a)) - rankOf(firstWord(b)))) {
    const words = item.name.split(" ");
    const leaf = words.pop()!;
    const parent = words.reduce((at, word) => {
      const present = at.commands.find((candidate) => candidate.name() === word);
      return present ?? at.command(word).description(aboutGroup(word)).helpCommand(false);
    }, program);
    addLeaf(parent, leaf, item, run);
  }
}

/** `run` is parsed before this program is built (cli/run); it stands here to be found, and to say why it was not. */
function addRun(program: Command): void {
  program
    .command("run")
    .argument("<command...>")
    .description("Run a command with an environment's settings: run -e ENV -- CMD …")
    .option("-e, --environment <name>")
    .option("--project <dir>")
    .option("--force <reason>")
    .action((_words, _options, command: Command) => {
      command.error("error: run takes its flags behind it: run -e ENV --project DIR --force REASON -- CMD …");
    });
}

/** Every mistake in the line is thrown as an error of ours; asked for help, the parser's own exception passes. */
function refuseMistakes(command: Command, line: Line): void {
  command.exitOverride((error: CommanderError) => {
    const isShown = error.code === "commander.help" && !line.json;
    throw error.exitCode === 0 || isShown ? error : usageError(command, line.argv, error);
  });
  for (const inner of command.commands) refuseMistakes(inner, line);
}

export function buildProgram(
  catalogue: readonly CatalogueItem[],
  version: string,
  { run, complete }: Handlers,
  line: Line = { argv: [], json: false },
): Command {
  const program = addGlobals(new Command("ringfence"), true)
    .description("Environments ring-fenced from each other, joined only by checked promotions.")
    .optionsGroup(GLOBAL_HEADING)
    .version(version, "-V, --version", "print the version")
    .addHelpOption(new Option("-h, --help", "show this help").helpGroup(GLOBAL_HEADING))
    .configureHelp(HELP_STYLE)
    .helpCommand(false)
    .configureOutput({ outputError: () => {}, ...(line.json ? { writeErr: () => {} } : {}) });
  addRun(program);
  addCatalogue(program, neededFor(line, catalogue), run);
  program
    .command("completion")
    .description("Print a script that completes commands and flags in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .addHelpText("after", "\nTry it: source <(ringfence completion bash)")
    .action((shell: Shell) => complete?.(shell, program));
  addHelp(program);
  refuseMistakes(program, line);
  return program;
}
