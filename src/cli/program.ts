/** The command line made from the catalogue: every command, its positionals and flags, and the global ones. */
import { Command, Option } from "commander";
import type { CatalogueItem, FlagEntry } from "../app/catalogue.generated.ts";

/** What was typed, by name. */
export interface Typed {
  readonly command: CatalogueItem;
  readonly positionals: readonly (string | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
}

const GROUPS: Readonly<Record<string, string>> = {
  env: "The environments",
  config: "Their settings: layered, typed, explained",
  secret: "Their secrets: encrypted, apart, never shown unasked",
  identity: "What opens an environment's secrets",
  me: "Your key",
  release: "Immutable releases",
  operation: "Every change, from plan to record",
  audit: "The record",
};

function option(flag: FlagEntry): Option {
  const value =
    flag.type === "boolean"
      ? ""
      : flag.type === "list"
        ? " <value...>"
        : ` <${flag.type === "number" ? "number" : "value"}>`;
  const made = new Option(`--${flag.name}${value}`, flag.description);
  if (flag.values) made.choices([...flag.values]);
  return flag.required ? made.makeOptionMandatory() : made;
}

function addGlobals(command: Command): Command {
  return command
    .option("-e, --environment <name>", "the environment; else $ENVIRONMENT, the host name, the default")
    .option("--project <dir>", "the project's folder; else the nearest one upward with a ringfence.yaml")
    .option("--as <person>", "who acts, where several people have keys on this machine")
    .option("--json", "one JSON document on standard output");
}

function addLeaf(
  parent: Command,
  word: string,
  item: CatalogueItem,
  run: (typed: Typed) => Promise<void>,
): void {
  const command = parent.command(word).description(item.summary);
  for (const { name, required, description } of item.positionals) {
    command.argument(required ? `<${name}>` : `[${name}]`, description);
  }
  if (item.environmentFlag === "position") command.argument("[environment]", "the environment");
  for (const flag of item.flags) command.addOption(option(flag));
  if (item.environmentFlag === "to") command.option("--to <environment>", "the environment that it goes to");
  addGlobals(command);
  if (item.explicit) {
    command
      .option("--reason <text>", "why, for the record")
      .option("--force <reason>", "go past the host guard; warned about and recorded");
  }
  if (item.form === "operation") command.option("--dry-run", "show the plan; change nothing");
  command.action((...values) => {
    const positionals = values.slice(0, -2) as (string | undefined)[];
    return run({ command: item, positionals, options: command.optsWithGlobals() });
  });
}

/** @param run is called with what was typed, for exactly one command. */
export function buildProgram(
  catalogue: readonly CatalogueItem[],
  version: string,
  run: (typed: Typed) => Promise<void>,
): Command {
  const program = addGlobals(new Command("ringfence"))
    .description("Environments ring-fenced from each other, joined only by checked promotions.")
    .version(version, "-V, --version")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride();
  // Parsed before this program is built (cli/run); it stands here to be found.
  program
    .command("run")
    .argument("<command...>")
    .description("Run a command with an environment's settings: run -e ENV -- CMD …");
  for (const item of catalogue) {
    const words = item.name.split(" ");
    const leaf = words.pop()!;
    const parent = words.reduce((at, word) => {
      const present = at.commands.find((candidate) => candidate.name() === word);
      return (
        present ??
        at
          .command(word)
          .description(GROUPS[word] ?? "")
          .helpCommand(false)
          .exitOverride()
      );
    }, program);
    addLeaf(parent, leaf, item, run);
  }
  for (const command of program.commands) {
    command.exitOverride();
    for (const inner of command.commands) inner.exitOverride();
  }
  return program;
}
