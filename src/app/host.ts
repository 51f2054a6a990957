/**
 * Runs one command for a face: selects the environment, guards, finds the actor, checks the input and goes
 * through the door (operations) or asks (queries). The faces only parse and print.
 */
import { EXIT, type RingfenceError } from "../base/error.ts";
import type { Environment } from "../model/project.ts";
import { type CommandAgain, detect, guardRun, type Selection } from "../snapshot/detection.ts";
import { type Actor, findActor } from "./actor.ts";
import { answeringOperation } from "./answering-operation.ts";
import { type App, type AppOptions, openAppWithRules, type Progress } from "./app.ts";
import type { CatalogueItem, CommandModule } from "./catalogue.ts";
import type { Context, FolderQuery, InputSchema, Operation, Setup } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { failingIn, shownFailure } from "./incident.ts";
import { type AskPassphrase, answering } from "./key-answers.ts";
import { type Confirm, type Outcome, perform, resume, unknownOperation } from "./operation.ts";
import { ruleOf } from "./rule.ts";

/** One command as a face got it. */
export interface Request {
  readonly command: CatalogueItem;
  readonly catalogue: readonly CatalogueItem[];
  /** Positionals and flags by name. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly folder: string;
  /** The environment that was named, by whichever flag. */
  readonly environment: string | undefined;
  readonly as: string | undefined;
  readonly reason: string | undefined;
  readonly force: string | undefined;
  readonly dryRun: boolean;
  /** The command as it was typed, with more flags: for fixes. */
  readonly again?: CommandAgain;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly readInput: () => Promise<string>;
  /** Left out where nobody can answer. */
  readonly confirm?: Confirm;
  /** Left out where nobody can answer. */
  readonly askPassphrase?: AskPassphrase | undefined;
  readonly progress: (progress: Progress) => void;
  /** Decorations for tests and library users. */
  readonly options?: Pick<AppOptions, "host" | "clock" | "leaseMs" | "wrapStore">;
  /** For warnings that a person must see. */
  readonly warn: (text: string) => void;
}

export interface Answer {
  readonly answer: unknown;
  readonly error: RingfenceError | undefined;
  readonly exit: number;
}

function select(app: App, request: Request): { selection: Selection; environment: Environment } {
  const rule = ruleOf(app.project);
  const selection = detect(rule, { flag: request.environment, variables: request.variables, host: app.host });
  const environment = app.project.environments.find(({ name }) => name === selection.environment)!;
  if (request.command.explicit) {
    const again = request.again ?? ((flags) => `ringfence ${request.command.name} … ${flags}`);
    const forced = guardRun(rule, selection, { host: app.host, force: request.force, again });
    if (forced) request.warn(forced.warning);
  }
  return { selection, environment };
}

function checkInput(request: Request, schema: InputSchema<Record<string, unknown>>): Record<string, unknown> {
  const result = schema.safeParse(request.input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw appErrors.APP_BAD_INPUT({
    what: `${issue.path.join(".") || "the input"}: ${issue.message}`,
    where: `ringfence ${request.command.name}`,
    fix: `ringfence ${request.command.name} --help`,
  });
}

async function findKind(request: Request, name: string): Promise<Operation> {
  const loaded = await request.catalogue
    .find((item) => item.name === name && item.form === "operation")
    ?.load();
  if (loaded?.operation) return loaded.operation;
  throw appErrors.OPERATION_UNKNOWN({
    what: `this program knows no operation kind ${name}`,
    why: "it was planned by another version",
    fix: "ringfence --version",
  });
}

/** The actor is found when a definition first asks: a read needs nobody. */
function withActor(app: App, request: Request, context: Omit<Context, "actor">): Context {
  let actor: Actor | undefined;
  return Object.defineProperty(context, "actor", {
    enumerable: true,
    get() {
      actor ??= findActor(app.project, app.home, request.as ?? request.variables.RINGFENCE_AS);
      return actor;
    },
  }) as Context;
}

/** The environment that a command works on, once that is known. */
interface Seen {
  environment?: Environment;
}

function contextOf(app: App, request: Request, seen: Seen): Context {
  const base = {
    app,
    reason: request.force ?? request.reason ?? null,
    readInput: request.readInput,
    warn: request.warn,
    kind: (name: string) => findKind(request, name),
  };
  if (request.command.scope === "environment") {
    const { selection, environment } = select(app, request);
    seen.environment = environment;
    return withActor(app, request, { ...base, environment, named: environment, method: selection.method });
  }
  const named =
    request.command.environmentFlag === "filter" && request.environment !== undefined
      ? select(app, request).environment
      : undefined;
  // It selects nothing here, but a mistyped name shall not pass unseen.
  if (request.environment !== undefined) {
    detect(ruleOf(app.project), { flag: request.environment, variables: {}, host: app.host });
  }
  return withActor(app, request, {
    ...base,
    named,
    method: "flag",
    get environment(): Environment {
      throw new Error(`${request.command.name} works on no environment`);
    },
  });
}

function outcomeAnswer({ answer, error, record }: Outcome): Answer {
  return { answer, error, exit: error ? error.exit : record.state === "failed" ? EXIT.failed : EXIT.ok };
}

/** The context of an operation that is resumed: the environment is the operation's own, guarded as if it were named. */
async function resumedContext(
  app: App,
  request: Request,
  id: string,
  seen: Seen,
): Promise<{ context: Context; kind: string }> {
  const record = await app.store.read((view) => view.operations.get(id));
  if (!record) throw unknownOperation(id);
  const name = record.environment ?? undefined;
  const scope = name === undefined ? "project" : "environment";
  const command = { ...request.command, scope, explicit: true } as const;
  return { context: contextOf(app, { ...request, command, environment: name }, seen), kind: record.kind };
}

async function answerOf(app: App, request: Request, module: CommandModule, seen: Seen): Promise<Answer> {
  const { command } = request;
  if (module.query && module.query.scope !== "folder") {
    const input = checkInput(request, module.query.input);
    const { query } = module;
    const context = contextOf(app, request, seen);
    const answer = await answering(() => query.run(context, input));
    return { answer, error: undefined, exit: module.query.exit?.(answer as never, input) ?? EXIT.ok };
  }
  if (module.operation) {
    const input = checkInput(request, module.operation.input);
    return outcomeAnswer(
      await perform(contextOf(app, request, seen), answeringOperation(module.operation), input, {
        dryRun: request.dryRun,
        confirm: request.confirm,
      }),
    );
  }
  if (request.dryRun) {
    throw appErrors.APP_BAD_INPUT({
      what: `${command.name} has no dry run`,
      why: "what it would do is the operation's own plan",
      fix: "ringfence operation show <id>",
    });
  }
  const { id, undo } = module.continuation!.target(checkInput(request, module.continuation!.input));
  const resumed = await resumedContext(app, request, id, seen);
  return outcomeAnswer(
    await resume(resumed.context, answeringOperation(await findKind(request, resumed.kind)), id, undo),
  );
}

/** There may be no project, so nothing of one is opened, and no name of an environment means anything. */
function refuseEnvironment({ environment }: Request, { name }: { readonly name: string }): void {
  if (environment === undefined) return;
  throw appErrors.APP_BAD_INPUT({
    what: `${name} takes no environment`,
    where: `ringfence ${name}`,
    why: "it looks at all that a folder has",
    fix: `ringfence ${name}`,
  });
}

async function runSetup(request: Request, setup: Setup): Promise<Answer> {
  refuseEnvironment(request, setup);
  const { folder, dryRun } = request;
  const answer = await setup.run({ folder, dryRun }, checkInput(request, setup.input));
  return { answer, error: undefined, exit: EXIT.ok };
}

async function runInFolder(request: Request, query: FolderQuery): Promise<Answer> {
  refuseEnvironment(request, query);
  const { folder, variables } = request;
  const watch = (title: string) =>
    request.progress({ operation: "", step: request.command.name, title, state: "started" });
  const answer = await query.run({ folder, variables, watch }, checkInput(request, query.input));
  return { answer, error: undefined, exit: query.exit?.(answer as never) ?? EXIT.ok };
}

/** What was read once can't be read again, and a definition may be begun again. */
function readingOnce(readInput: Request["readInput"]): Request["readInput"] {
  let read: Promise<string> | undefined;
  return () => {
    read ??= readInput();
    return read;
  };
}

/** @throws RingfenceError for what can't even begin; what a gate or a step says is in the answer. */
export async function runCommand(given: Request): Promise<Answer> {
  const request = { ...given, readInput: readingOnce(given.readInput) };
  const { command } = request;
  const module = await command.load();
  if (module.query?.scope === "folder") return runInFolder(request, module.query);
  if (module.setup) return runSetup(request, module.setup);
  const app = await openAppWithRules({
    folder: request.folder,
    variables: request.variables,
    progress: request.progress,
    warn: request.warn,
    command: command.name,
    as: request.as ?? request.variables.RINGFENCE_AS,
    askPassphrase: request.askPassphrase,
    ...request.options,
  });
  const { project, clock } = app;
  const seen: Seen = {};
  const place = () =>
    seen.environment && {
      project,
      environment: seen.environment,
      command: command.name,
      now: clock.now(),
    };
  try {
    const answer = await failingIn(place, () => answerOf(app, request, module, seen));
    const known = place();
    if (!answer.error || !known) return answer;
    return { ...answer, error: shownFailure(known, answer.error) as RingfenceError };
  } finally {
    await app.close();
  }
}
