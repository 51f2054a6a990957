/** How help reads: what the groups of commands are called and say, and what is said once for all commands. */
import type { Command, HelpConfiguration } from "commander";

/** What a first word that holds other commands is about. */
const GROUPS: Readonly<Record<string, string>> = {
  env: "List, compare and make environments, stop what runs in one",
  config: "Show, explain, check, compare, change and export settings",
  secret: "Set, share, rotate and read an environment's secrets; find leaked ones",
  recipients: "Say who can open an environment's secrets",
  hook: "Scan for secrets before each commit",
  identity: "Make what opens an environment's secrets",
  "break-glass": "Hand out what opens an environment's secrets in an emergency",
  me: "Make your key and join the project's people",
  release: "Build, list and show immutable releases",
  operation: "Follow, resume and take back changes",
  audit: "Read and verify the record",
};

const HEADINGS: readonly (readonly [heading: string, words: readonly string[]])[] = [
  ["Environments:", ["inspect", "init", "run", "which", "env", "isolation", "status", "eject"]],
  ["Settings and secrets:", ["config", "secret", "identity", "break-glass"]],
  ["Releases:", ["release", "promote", "rollback", "approve", "operation"]],
  ["People and record:", ["me", "trust", "audit"]],
  ["Command line:", ["completion"]],
];

const EPILOGUE = `
"ringfence help COMMAND" shows a command's arguments and flags. With --json every
command prints one JSON document, and an error as one on standard error.

Exit codes:
  0    done                              11   locked by someone else
  1    failed                            12   secrets that can't be opened or trusted
  2    usage                             13   not permitted
  3    mistakes in manifest or settings  126  run: the command can't be executed
  10   refused by a guard or a gate      127  run: there is no such command
                                         130  interrupted`;

/** The heading of the flags that every command takes. */
export const GLOBAL_HEADING = "Global options:";

/** Commands are listed with their arguments; that they take flags goes without saying. */
export const HELP_STYLE: HelpConfiguration = {
  subcommandTerm: (command) =>
    [
      command.name(),
      ...command.registeredArguments.map(
        (argument) => `${argument.required ? "<" : "["}${argument.name()}${argument.required ? ">" : "]"}`,
      ),
    ].join(" "),
};

/** The order of the first words in help: that of the headings, then whatever has none. */
export function rankOf(word: string): number {
  const words = HEADINGS.flatMap(([, all]) => all);
  const at = words.indexOf(word);
  return at < 0 ? words.length : at;
}

/** What a group of commands says of itself. */
export function aboutGroup(word: string): string {
  return GROUPS[word] ?? "";
}

/** Puts the program's commands under headings and adds what holds for all. */
export function addHelp(program: Command): void {
  for (const command of program.commands) {
    const heading = HEADINGS.find(([, words]) => words.includes(command.name()))?.[0];
    if (heading) command.helpGroup(heading);
  }
  program.addHelpText("after", EPILOGUE);
}
