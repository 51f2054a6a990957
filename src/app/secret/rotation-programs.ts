/** Calls the programs that take part in a rotation: the hook that makes a value count, and what tries it. */
import type { Environment } from "../../model/project.ts";
import type { SettingDeclaration } from "../../model/setting.ts";
import type { TaskAnswer } from "../../ports/programs.ts";
import { rotationErrors } from "../../rotation/index.ts";
import { type Program, type RotationPart, rotationProgram } from "../../trust/index.ts";
import type { Context } from "../definition.ts";
import { besideSettings, programVariables } from "../program-variables.ts";
import { configure } from "../resolution.ts";
import { requireTrust, trustIn } from "../trust/programs.ts";
import { readTrustRecord } from "../trust/record-file.ts";

/** The values of a secret, from which and to which it goes. */
export interface Exchange {
  readonly from: string;
  readonly to: string;
}

/** A program as a rotation was planned with it: what the manifest says later changes nothing of the way there and back. JSON. */
export interface PlannedProgram {
  readonly program: Program;
  readonly timeoutMs: number;
}

export type PlannedPrograms = { readonly [part in RotationPart]?: PlannedProgram };

/** The programs that take part in rotating a secret, as the manifest declares them now. */
export function plannedPrograms(
  declaration: SettingDeclaration | undefined,
  environment: Environment,
): PlannedPrograms {
  const parts = (["hook", "verify"] as const).flatMap((part) => {
    const program = declaration && rotationProgram(declaration, part, environment);
    const timeoutMs = declaration?.rotation?.[part]?.timeoutMs;
    return program && timeoutMs !== undefined ? [[part, { program, timeoutMs }] as const] : [];
  });
  return Object.fromEntries(parts);
}

/** Lets a rotation pass whose programs are trusted as they stand. @throws TRUST_REQUIRED */
export function requireRotationTrust(
  { app, environment }: Pick<Context, "app" | "environment">,
  declarations: readonly (SettingDeclaration | undefined)[],
): void {
  const programs = declarations.flatMap((one) =>
    Object.values(plannedPrograms(one, environment)).map(({ program }) => program),
  );
  requireTrust(app, programs);
}

/** The environment's declared settings that are no secrets: where the database is, what the user is called. */
function plainSettings({ app, environment }: Pick<Context, "app" | "environment">): Record<string, string> {
  const { settings } = configure(app, environment, { variables: {} });
  const declared = new Set(app.project.settings.map(({ name }) => name));
  const plain = [...settings.values()].filter(
    ({ name, secret, set }) => declared.has(name) && !secret && set,
  );
  return Object.fromEntries(plain.map(({ name, text }) => [name, text]));
}

/** Runs a part of a rotation. @throws TRUST_REQUIRED where a byte of it was changed since */
async function perform(
  { app, environment }: Pick<Context, "app" | "environment">,
  { program, timeoutMs }: PlannedProgram,
  { input, variables }: { readonly input: string; readonly variables: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<TaskAnswer> {
  requireTrust(app, [program]);
  const { root } = app.project;
  const { words, files } = trustIn(root, [program], readTrustRecord(app))[0]!.content;
  const own = programVariables(app, app.project, environment, program.name);
  const all = { ...besideSettings(own, plainSettings({ app, environment })), ...variables };
  return app.programs.perform({ folder: root, words, files, input, timeoutMs, variables: all }, signal);
}

/**
 * Makes a value count where it is checked. The hook gets the setting, the environment and both values as JSON on
 * standard input; it is called again after an interruption, and the other way round to take it back.
 *
 * @throws ROTATION_HOOK
 */
export async function callHook(
  context: Pick<Context, "app" | "environment">,
  name: string,
  hook: PlannedProgram,
  exchange: Exchange,
  step: { readonly operation: string; readonly signal: AbortSignal },
): Promise<void> {
  const { environment } = context;
  const input = JSON.stringify({ format: 1, setting: name, environment: environment.name, ...exchange });
  const answer = await perform(context, hook, { input, variables: {} }, step.signal);
  if (answer.ok) return;
  throw rotationErrors.ROTATION_HOOK({
    what: `the hook of ${name} did not end well in ${environment.name}`,
    where: hook.program.name,
    why: `${answer.why}; what it printed is not shown, it may be secret`,
    fix: answer.fix ?? `ringfence operation show ${step.operation}`,
  });
}

/** Tries a value, which the program finds under the setting's name. @throws ROTATION_UNVERIFIED */
export async function tryValue(
  context: Pick<Context, "app" | "environment">,
  name: string,
  verify: PlannedProgram,
  value: string,
  step: { readonly operation: string; readonly signal: AbortSignal },
): Promise<void> {
  const { environment } = context;
  const given = { input: "", variables: { [name]: value } };
  const answer = await perform(context, verify, given, step.signal);
  if (answer.ok) return;
  throw rotationErrors.ROTATION_UNVERIFIED({
    what:
      answer.kind === "refused"
        ? `the new value of ${name} does not work in ${environment.name}`
        : `nobody can tell whether the new value of ${name} works in ${environment.name}`,
    where: verify.program.name,
    why: `${answer.why}; the former value is kept`,
    fix: answer.fix ?? `ringfence operation show ${step.operation}`,
  });
}
