/** What was typed wrongly: the parser's complaint as an error of ours, with the nearest word that is right. Pure. */
import type { Command, CommanderError } from "commander";
import type { RingfenceError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { shellWord, shownLine } from "../base/shell-word.ts";
import { cliErrors } from "./errors.ts";

/** The words that lead to a command: `ringfence config show`. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** The words and flags that a command knows. */
function wordsOf(command: Command): { readonly commands: string[]; readonly flags: string[] } {
  return {
    commands: command.commands.map((inner) => inner.name()),
    flags: command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined)),
  };
}

/** The line as typed, with one word corrected; `--flag=value` keeps its value. */
function corrected(argv: readonly string[], wrong: string, right: string): string {
  const at = argv.findIndex((word) => word === wrong || word.startsWith(`${wrong}=`));
  return shownLine(["ringfence", ...argv.with(at, right + argv[at]!.slice(wrong.length))]);
}

/** An unknown word among those that a command knows. */
export function unknownWord(
  command: Command,
  argv: readonly string[],
  wrong: string,
  kind: "command" | "flag",
): RingfenceError {
  const { commands, flags } = wordsOf(command);
  const known = kind === "command" ? commands : flags;
  const near = nearest(wrong, known);
  return cliErrors.CLI_USAGE({
    what: `unknown ${kind} ${shellWord(wrong)}${near ? `; did you mean ${near}?` : ""}`,
    where: pathOf(command),
    why: kind === "command" && known.length > 0 ? `the commands here are ${known.join(", ")}` : undefined,
    fix: near ? corrected(argv, wrong, near) : `${pathOf(command)} --help`,
    details: { nearest: near ?? null },
  });
}

/** @param command where the parser stopped */
export function usageError(command: Command, argv: readonly string[], error: CommanderError): RingfenceError {
  const message = error.message.replace(/^error: /, "");
  const word = /'([^']*)'/.exec(message)?.[1]?.replace(/^(--[^=]+)=.*$/s, "$1");
  if (error.code === "commander.unknownCommand" && word !== undefined) {
    return unknownWord(command, argv, word, "command");
  }
  if (error.code === "commander.unknownOption" && word !== undefined) {
    return unknownWord(command, argv, word, "flag");
  }
  if (error.code === "commander.help") {
    return cliErrors.CLI_USAGE({
      what: `${pathOf(command)} needs a command`,
      where: pathOf(command),
      why: `the commands here are ${wordsOf(command).commands.join(", ")}`,
      fix: `${pathOf(command)} --help`,
    });
  }
  // What is one argument too many may be a value that was meant for standard input.
  const what = message.replace(/( but got \d+): .*$/s, "$1");
  return cliErrors.CLI_USAGE({ what, where: pathOf(command), fix: `${pathOf(command)} --help` });
}
