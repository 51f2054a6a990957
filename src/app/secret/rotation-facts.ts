/** What the commands that replace secrets share: the facts of their plans, and how values and times get there. */
import { digestOfBytes } from "../../base/digest.ts";
import type { Plan } from "../../model/operation.ts";
import { previousName } from "../../model/rotation.ts";
import type { SettingDeclaration } from "../../model/setting.ts";
import { rotationErrors } from "../../rotation/index.ts";
import type { SecretPast } from "../../secrets/index.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { referencesOf } from "../reference-values.ts";
import type { SecretsState } from "../resolution.ts";
import { currentRevision, type PlannedRevision, revisionWith } from "../revision.ts";
import {
  assertWritable,
  followingChange,
  type SecretsChange,
  secretsChange,
  valuesOf,
} from "../secrets-change.ts";
import { assertNonePending, pendingNames } from "./pending-rotation.ts";
import { type PlannedPrograms, plannedPrograms } from "./rotation-programs.ts";

/** JSON. Values stand in it as ciphertext only, in the texts of the files. */
export interface RotationFacts {
  readonly names: readonly string[];
  /** By name: what the steps run, there and back. Whether it is trusted is asked at each call. */
  readonly programs: Readonly<Record<string, PlannedPrograms>>;
  /** The file with the new values as pending ones: nobody is given them yet. */
  readonly pending: SecretsChange;
  /** The file in which they count. */
  readonly current: SecretsChange;
  readonly revisions: readonly PlannedRevision[];
  readonly previousUntil: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly reason: string;
}

/** One secret that gets another value. */
export interface Replacement {
  readonly name: string;
  readonly declaration: SettingDeclaration | undefined;
  readonly value: string;
  /** Since when the new value has been there, where it is one of old (ISO 8601); `unknown`: nobody knows. */
  readonly changedAt?: string;
}

export const factsOf = ({ facts }: Plan): RotationFacts => facts as unknown as RotationFacts;

/** The setting of a name, as the manifest declares it. */
export function declarationOf({ app }: Pick<Context, "app">, name: string): SettingDeclaration | undefined {
  return app.project.settings.find((setting) => setting.name === name);
}

/**
 * Lets a value pass that is one, and no reference: programs are given values, and what another store keeps is replaced
 * there.
 *
 * @param role of the value in what is planned
 * @throws ROTATION_ELSEWHERE
 */
export function assertHere(
  { app, environment }: Context,
  { file }: SecretsState,
  { name, value }: Pick<Replacement, "name" | "value">,
  role: "current" | "new",
): void {
  if (declarationOf({ app }, name)?.reference === false) return;
  if (referencesOf(app.references, app.project, environment)(value) === undefined) return;
  const of = `${name} -e ${environment.name}`;
  if (role === "current")
    throw rotationErrors.ROTATION_ELSEWHERE({
      what: `${name} of ${environment.name} is kept in another store`,
      where: file,
      why: "its value is replaced where it is kept, and is here at once: only the reference stands in the file",
      fix: `printf %s "$VALUE" | ringfence secret push ${of}`,
    });
  throw rotationErrors.ROTATION_ELSEWHERE({
    what: `the new value of ${name} of ${environment.name} is a reference to another store`,
    where: file,
    why: "the programs that make it count and try it would be given the reference in place of a value",
    fix: `ringfence secret bind ${of} --adopt --to "$REFERENCE"`,
  });
}

function pendingPast(secrets: SecretsState, { name, value }: Replacement, since: string): SecretPast {
  return { ...secrets.opened?.pasts.get(name), pending: { value, since } };
}

function currentPast(secrets: SecretsState, one: Replacement, now: number): SecretPast {
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  const overlapMs = one.declaration?.rotation?.overlapMs ?? 0;
  const changedAt = one.changedAt ?? at(now);
  const known = changedAt === "unknown" ? {} : { changedAt };
  if (overlapMs === 0) return known;
  const former = secrets.opened?.pasts.get(one.name)?.changedAt;
  const value = valuesOf(secrets.opened)[one.name]!;
  const since = former === undefined ? {} : { changedAt: former };
  return { ...known, previous: { value, until: at(now + overlapMs), ...since } };
}

/** What is said of each secret before it is done. */
function effectsOf({ name, declaration }: Replacement, until: string | undefined): string[] {
  const { hook, verify } = declaration?.rotation ?? {};
  return [
    `keep a new value of ${name}, which nobody is given yet`,
    ...(hook ? [`make it count by ${hook.command.join(" ")}`] : []),
    ...(verify ? [`try it by ${verify.command.join(" ")}`] : []),
    `give it as ${name} from then on`,
    ...(until === undefined
      ? []
      : [`give the former value as ${previousName(name)} until it is retired, due ${until}`]),
    ...(verify
      ? []
      : [`warning: nothing tries the new value of ${name} (rotate: { verify: … } in the manifest)`]),
  ];
}

/** The file as it is, as a change of nothing. */
function unchanged({ file, text = "", opened }: SecretsState): SecretsChange {
  const digest = digestOfBytes(text);
  return {
    file,
    revision: opened?.binding.revision ?? 0,
    before: digest,
    after: digest,
    previous: text,
    text,
  };
}

/** The plan where nothing is to be replaced. */
export function planNothing({ environment }: Context, secrets: SecretsState, verb: string): PlanDraft {
  const same = unchanged(secrets);
  const notes = ["nothing is due"];
  const nothing = {
    names: [],
    programs: {},
    pending: same,
    current: same,
    revisions: [],
    previousUntil: {},
    notes,
    reason: verb,
  };
  const facts: RotationFacts = nothing;
  const summary = `${verb} nothing of ${environment.name}`;
  return { summary, environment: environment.name, effects: notes, facts: JSON.parse(JSON.stringify(facts)) };
}

/**
 * The plan that replaces values: first kept as pending, then made to count and tried, then current.
 *
 * @param verb for the summary: `rotate`
 * @param forgetsPending replaces also what has a value pending from a rotation before, which is then lost
 * @throws ROTATION_PENDING; ROTATION_ELSEWHERE for a reference, before or after; what `secretsChange` throws
 */
export async function planReplacing(
  context: Context,
  secrets: SecretsState,
  replacements: readonly Replacement[],
  verb: string,
  forgetsPending = false,
): Promise<PlanDraft> {
  const { app, environment } = context;
  assertWritable(context, secrets);
  const now = app.clock.now();
  const names = replacements.map(({ name }) => name);
  if (!forgetsPending) await assertNonePending(context, secrets, names);
  const values = valuesOf(secrets.opened);
  for (const one of replacements) {
    assertHere(context, secrets, { name: one.name, value: values[one.name]! }, "current");
    assertHere(context, secrets, one, "new");
  }
  const since = new Date(now).toISOString();
  const pendings = new Map(replacements.map((one) => [one.name, pendingPast(secrets, one, since)]));
  const pending = await secretsChange(context, secrets, values, pendings);
  const pasts = new Map(replacements.map((one) => [one.name, currentPast(secrets, one, now)]));
  const replaced = { ...values, ...Object.fromEntries(replacements.map(({ name, value }) => [name, value])) };
  const current = await followingChange(context, pending, replaced, pasts);
  const previousUntil = Object.fromEntries(
    [...pasts].flatMap(([name, { previous }]) => (previous ? [[name, previous.until]] : [])),
  );
  const before = currentRevision(app, environment);
  const after = revisionWith(before, new Map([[current.file, current.after]]));
  const effects = [
    ...pendingNames(secrets, names).map((name) => `warning: forget the value of ${name} that is pending`),
    ...replacements.flatMap((one) => effectsOf(one, previousUntil[one.name])),
  ];
  const facts: RotationFacts = {
    names,
    programs: Object.fromEntries(
      replacements.map(({ name, declaration }) => [name, plannedPrograms(declaration, environment)]),
    ),
    pending,
    current,
    previousUntil,
    revisions: [{ environment: environment.name, before: before.digest, after: after.digest }],
    notes: effects.flatMap((effect) =>
      effect.startsWith("warning: ") ? [effect.slice("warning: ".length)] : [],
    ),
    reason: context.reason ?? `secret ${verb} ${names.join(",")}`,
  };
  const summary = `${verb} ${names.join(", ")} of ${environment.name}`;
  return { summary, environment: environment.name, effects, facts: JSON.parse(JSON.stringify(facts)) };
}
