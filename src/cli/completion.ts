/** Scripts that complete commands, flags and fixed values in a shell, made from the command line itself. Pure. */
import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Candidates behind the words so far; `at` is the command's words, `after` a flag that takes one of fixed values. */
interface Choice {
  readonly at: string;
  readonly after: string | undefined;
  readonly words: readonly string[];
}

interface Words {
  readonly choices: readonly Choice[];
  /** Flags that take a value, so that the value is not taken for a command. */
  readonly valued: readonly string[];
}

function namesOf({ long, short }: Option): string[] {
  return [long, short].filter((name) => name !== undefined);
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function choicesOf(command: Command, at: string): Choice[] {
  const options = optionsOf(command);
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const own = [
    ...command.commands.map((inner) => inner.name()),
    ...values,
    ...options.flatMap(({ long }) => long ?? []),
  ];
  return [
    { at, after: undefined, words: own },
    ...options.flatMap((option) =>
      option.argChoices ? namesOf(option).map((after) => ({ at, after, words: option.argChoices! })) : [],
    ),
    ...command.commands.flatMap((inner) => choicesOf(inner, `${at} ${inner.name()}`.trim())),
  ];
}

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

function wordsOf(program: Command): Words {
  const valued = commandsOf(program)
    .flatMap((command) => command.options)
    .filter(({ required, optional }) => required || optional);
  return { choices: choicesOf(program, ""), valued: [...new Set(valued.flatMap(namesOf))].sort() };
}

/** Answers the candidates for the words before the cursor; nothing where file names fit. Runs in bash and zsh. */
function posixFunction({ choices, valued }: Words): string {
  const paths = choices
    .filter(({ at, after }) => at !== "" && after === undefined)
    .map(({ at }) => `"${at}"`);
  const after = choices.filter((choice) => choice.after !== undefined);
  const own = choices.filter((choice) => choice.after === undefined);
  return `_ringfence_words() {
  local at="" word next flag=""
  for word in "$@"; do
    if [ -n "$flag" ]; then flag=""; continue; fi
    case "$word" in
      --) return ;;
      ${valued.join("|")}) flag="$word" ;;
      -*) ;;
      *)
        next="\${at:+$at }$word"
        case "$next" in
          ${paths.join("|")}) at="$next" ;;
          *) [ "$at" = run ] && return ;;
        esac ;;
    esac
  done
  case "$at:$flag" in
${after.map(({ at, after: flag, words }) => `    "${at}:${flag}") echo "${words.join(" ")}" ;;`).join("\n")}
${own.map(({ at, words }) => `    "${at}:") echo "${words.join(" ")}" ;;`).join("\n")}
  esac
}
`;
}

function bashScript(words: Words): string {
  return `# bash completion for ringfence: source <(ringfence completion bash)
${posixFunction(words)}
_ringfence() {
  local found
  found="$(_ringfence_words "\${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}"))
}

complete -o bashdefault -o default -F _ringfence ringfence
`;
}

function zshScript(words: Words): string {
  return `#compdef ringfence
# zsh completion for ringfence: source <(ringfence completion zsh)
${posixFunction(words)}
_ringfence() {
  local found
  found="$(_ringfence_words "\${(@)words[2,CURRENT-1]}")"
  if [ -n "$found" ]; then compadd -- \${=found}; else _files; fi
}

if [ "\${funcstack[1]}" = _ringfence ]; then _ringfence; else compdef _ringfence ringfence; fi
`;
}

function fishScript({ choices, valued }: Words): string {
  const paths = choices
    .filter(({ at, after }) => at !== "" && after === undefined)
    .map(({ at }) => `'${at}'`);
  const cases = choices.map(
    ({ at, after = "", words }) =>
      `    case '${at}:${after}'\n      string split ' ' -- '${words.join(" ")}'`,
  );
  return `# fish completion for ringfence: ringfence completion fish | source
function __ringfence_words
  set -l at ''
  set -l flag ''
  for word in (commandline -opc)[2..]
    if test -n "$flag"
      set flag ''
      continue
    end
    switch $word
      case --
        return
      case ${valued.join(" ")}
        set flag $word
      case '-*'
      case '*'
        set -l next (string trim "$at $word")
        switch $next
          case ${paths.join(" ")}
            set at $next
        end
    end
  end
  switch "$at:$flag"
${cases.join("\n")}
  end
end

complete -c ringfence -f -a '(__ringfence_words)'
complete -c ringfence -n '__fish_seen_subcommand_from run' -F
`;
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The script for a shell. */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](wordsOf(program));
}
