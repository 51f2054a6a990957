/** The command line of `ringfence run`, read by hand: the hot path loads no argument parser. Pure. */
import { nearest } from "../../base/nearest.ts";
import { shellWords, shownLine } from "../../base/shell-word.ts";
import { runErrors } from "./errors.ts";

export interface RunRequest {
  /** `-e`, `--environment` */
  readonly environment?: string;
  /** `--project`: the folder that holds the manifest. */
  readonly project?: string;
  /** `--force`: why the host guard shall not count. */
  readonly force?: string;
  /** `--phase`: what the command is; `run` where left out. */
  readonly phase?: string;
  /** `--set NAME=VALUE`, as typed; may be repeated. */
  readonly set: readonly string[];
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly help: boolean;
  /** The command's first word and its arguments; empty only with `help`. */
  readonly command: readonly string[];
}

const VALUES: Readonly<Record<string, "environment" | "project" | "force" | "phase" | "set">> = {
  "-e": "environment",
  "--environment": "environment",
  "--project": "project",
  "--force": "force",
  "--phase": "phase",
  "--set": "set",
};
const SWITCHES: Readonly<Record<string, "json" | "dryRun" | "help">> = {
  "--json": "json",
  "--dry-run": "dryRun",
  "--help": "help",
  "-h": "help",
};

function usage(what: string, word: string, fix = "ringfence run -e <environment> -- <command>"): Error {
  return runErrors.RUN_USAGE({ what, where: `argument ${JSON.stringify(word)}`, fix });
}

/** `--name=value` and `-evalue` taken apart; undefined for what takes no value. */
function option(word: string): { name: string; value: string | undefined } | undefined {
  if (Object.hasOwn(VALUES, word)) return { name: word, value: undefined };
  const equals = word.indexOf("=");
  if (word.startsWith("--") && equals > 0 && Object.hasOwn(VALUES, word.slice(0, equals))) {
    return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  }
  if (word.startsWith("-e") && !word.startsWith("--")) {
    return { name: "-e", value: word.slice(2).replace(/^=/, "") };
  }
  return undefined;
}

/**
 * Reads `[options] run [options] [--] COMMAND [ARGUMENT…]`; undefined when the first word that is no option is
 * another command. What stands behind the command's first word belongs to the command.
 *
 * @throws RUN_USAGE for an unknown option, a missing value, an option given twice with two values, no command.
 */
export function parseRun(argv: readonly string[]): RunRequest | undefined {
  const values: { environment?: string; project?: string; force?: string; phase?: string } = {};
  const set: string[] = [];
  const switches = { json: false, dryRun: false, help: false };
  let at = 0;
  let isRun = false;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      if (isRun) break;
      if (word !== "run") return undefined;
      isRun = true;
      continue;
    }
    const found = option(word);
    if (found) {
      const value = found.value ?? argv[++at];
      if (!value || (found.value === undefined && value === "--"))
        throw usage(`${found.name} needs a value`, word);
      const name = VALUES[found.name]!;
      if (name === "set") {
        set.push(value);
        continue;
      }
      if (values[name] !== undefined && values[name] !== value)
        throw usage(`${found.name} is given twice`, word);
      values[name] = value;
    } else if (Object.hasOwn(SWITCHES, word)) {
      switches[SWITCHES[word]!] = true;
    } else if (!isRun) {
      return undefined;
    } else {
      const near = nearest(word, [...Object.keys(VALUES), ...Object.keys(SWITCHES)]);
      throw usage(
        `unknown option ${word}${near ? `; did you mean ${near}?` : ""}`,
        word,
        `ringfence run -- ${word} …   # where it belongs to the command`,
      );
    }
  }
  if (!isRun) return undefined;
  const command = argv.slice(at);
  if (command.length === 0 && !switches.help) throw usage("there is no command to run", "run");
  return { ...values, set, ...switches, command };
}

/** The same run as one line for a shell, with more flags. */
export function runAgain({
  environment,
  project,
  phase,
  set,
  command,
}: Omit<RunRequest, "json" | "dryRun" | "help">) {
  return (flags: string): string => {
    // Another environment stands in place of the one that was given.
    const isOther = environment === undefined || flags.startsWith("-e ");
    const given = [
      ...(project === undefined ? [] : ["--project", project]),
      ...(isOther ? [] : ["-e", environment]),
      ...(phase === undefined ? [] : ["--phase", phase]),
      ...set.flatMap((word) => ["--set", word]),
    ];
    return ["ringfence run", shownLine(given), flags, "--", shellWords(command)].filter(Boolean).join(" ");
  };
}
