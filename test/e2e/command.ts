/** One command as it is typed, run in this process: parsed by the catalogue, through the same host as the command line. */
import { catalogue } from "../../src/app/catalogue.generated.ts";
import { type Answer, type Request, runCommand } from "../../src/app/host.ts";
import { isRingfenceError } from "../../src/base/error.ts";
import { buildProgram, type Typed } from "../../src/cli/program.ts";

export interface CommandOptions {
  /** What arrives on standard input. */
  readonly input?: string;
  readonly options?: Request["options"];
  readonly progress?: Request["progress"];
  /** Hears what a person would see on standard error. */
  readonly warn?: Request["warn"];
}

async function parse(words: readonly string[]): Promise<Typed> {
  let typed: Typed | undefined;
  const program = buildProgram(catalogue, "0", {
    async run(found) {
      typed = found;
    },
  });
  await program.parseAsync([...words], { from: "user" });
  if (!typed) throw new Error(`no command: ${words.join(" ")}`);
  return typed;
}

function requestOf({ command, positionals, options }: Typed, how: CommandOptions): Omit<Request, Where> {
  const named = command.positionals.map(({ name }, at) => [name, positionals[at]]);
  const flags = command.flags.map(({ name }) => [name, options[name]]);
  const text = (name: string) => options[name] as string | undefined;
  const position =
    command.environmentFlag === "position" ? positionals[command.positionals.length] : undefined;
  return {
    command,
    catalogue,
    input: Object.fromEntries([...named, ...flags].filter(([, value]) => value !== undefined)),
    environment: command.environmentFlag === "to" ? text("to") : (position ?? text("environment")),
    as: text("as"),
    reason: text("reason"),
    force: text("force"),
    dryRun: options.dryRun === true,
    readInput: async () => how.input ?? "",
    progress: how.progress ?? (() => {}),
    options: how.options ?? {},
    warn: how.warn ?? (() => {}),
  };
}

type Where = "folder" | "variables";

/** What the command line would exit with and print; an error is answered, only bugs are thrown. */
export async function runWords(
  words: readonly string[],
  where: Pick<Request, Where>,
  how: CommandOptions = {},
): Promise<Answer> {
  const request = { ...requestOf(await parse(words), how), ...where };
  try {
    return await runCommand(request);
  } catch (error) {
    if (!isRingfenceError(error)) throw error;
    return { answer: undefined, error, exit: error.exit };
  }
}
