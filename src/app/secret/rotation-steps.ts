/**
 * Replacing secrets, step by step. At every instant both values are in the secrets file, so that whichever of them
 * counts elsewhere is known here:
 *
 *     found → pending → hook → tried → current → remembered → kept (the pivot)
 *
 * - pending: the file holds the new value beside the one that counts. Nobody is given it.
 * - hook: where the value is checked (a database, a service) the new one counts now; called with both.
 * - tried: a program has used the new value. Where it fails, or nobody can tell, everything goes back.
 * - current: the file gives the new value, and the former one as `NAME_PREVIOUS` where an overlap is declared.
 * - kept: recorded; from here another rotation or `secret rollback` is the way back.
 *
 * Going back is the same from the end: the former value is current and the new one pending again, then the hook is
 * called the other way round, and only then the new value is forgotten. A hook that fails on the way back leaves the
 * new value pending and the operation running, to be carried on. Of several secrets each is made to count and tried
 * before the next one.
 */

import { join } from "node:path";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import type { RotatedView } from "../../contract/rotation.ts";
import type { OperationRecord, Plan } from "../../model/operation.ts";
import type { SecretPast } from "../../secrets/index.ts";
import { highestRevision } from "../../snapshot/home.ts";
import type { Context, Step } from "../definition.ts";
import { readSecrets } from "../resolution.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "../revision-steps.ts";
import {
  assertWritable,
  encrypt,
  openPlanned,
  rememberRevision,
  secretsChanged,
  secretsDigest,
  secretsStep,
  valuesOf,
} from "../secrets-change.ts";
import { factsOf, type RotationFacts } from "./rotation-facts.ts";
import { callHook, type PlannedProgram, tryValue } from "./rotation-programs.ts";

/** The values before and after, from the plan's own ciphertext. */
function exchangeOf(context: Context, { pending, current }: RotationFacts, name: string) {
  return {
    from: valuesOf(openPlanned(context, pending))[name]!,
    to: valuesOf(openPlanned(context, current))[name]!,
  };
}

/** What was kept beside a value before the plan. */
function pastBefore({ pending: _pending, ...past }: SecretPast): SecretPast {
  return past;
}

/**
 * Writes the former values back, from whatever the file holds now: what somebody else has changed meanwhile stays.
 *
 * @param isPending whether the new values stay beside them
 */
async function writeBack(context: Context, facts: RotationFacts, isPending: boolean): Promise<void> {
  const { app, environment } = context;
  const secrets = readSecrets(app, environment);
  assertWritable(context, secrets);
  const values = valuesOf(secrets.opened);
  const planned = openPlanned(context, facts.pending).pasts;
  const now = secrets.opened?.pasts ?? new Map<string, SecretPast>();
  const names = facts.names.filter((name) => {
    const { from, to } = exchangeOf(context, facts, name);
    return values[name] === to || (values[name] === from && !isPending && now.get(name)?.pending);
  });
  if (names.length === 0) return;
  const former = names.map((name) => [name, exchangeOf(context, facts, name).from] as const);
  const pasts = names.map((name) => {
    const past = planned.get(name) ?? {};
    return [name, isPending ? past : pastBefore(past)] as const;
  });
  const seen = highestRevision(app.home, app.project.name, environment.name);
  const revision = Math.max(seen, secrets.opened?.binding.revision ?? 0) + 1;
  const all = { ...values, ...Object.fromEntries(former) };
  const text = await encrypt(context, secrets, all, revision, new Map(pasts));
  writeFileAtomic(join(app.project.root, secrets.file), text);
}

/** What makes one value count elsewhere, and tries it. */
function stepsOf(context: Context, facts: RotationFacts, name: string): Step[] {
  const { hook, verify } = facts.programs[name]!;
  const hooked = (hook: PlannedProgram): Step => ({
    key: `hook ${name}`,
    title: `make the new ${name} count`,
    async run(step) {
      await callHook(context, name, hook, exchangeOf(context, facts, name), step);
      return { setting: name };
    },
    async undo(step) {
      const { from, to } = exchangeOf(context, facts, name);
      await callHook(context, name, hook, { from: to, to: from }, step);
    },
  });
  const tried = (verify: PlannedProgram): Step => ({
    key: `verify ${name}`,
    title: `try the new ${name}`,
    async run(step) {
      await tryValue(context, name, verify, exchangeOf(context, facts, name).to, step);
      return { setting: name, works: true };
    },
  });
  return [...(hook ? [hooked(hook)] : []), ...(verify ? [tried(verify)] : [])];
}

/** See the top of the file. */
function replacingSteps(context: Context, plan: Plan): Step[] {
  const facts = factsOf(plan);
  const { names, pending, current, revisions, reason } = facts;
  const list = names.join(", ");
  if (names.length === 0) return [];
  return [
    foundStep(context, revisions),
    {
      ...secretsStep(context, pending, "pending"),
      title: `keep a new value of ${list} in ${pending.file}`,
      undo: () => writeBack(context, facts, false),
    },
    ...names.flatMap((name) => stepsOf(context, facts, name)),
    {
      ...secretsStep(context, current, "current"),
      title: `give the new value of ${list}`,
      undo: () => writeBack(context, facts, true),
    },
    {
      key: "remember",
      title: `remember revision ${current.revision}`,
      async run() {
        rememberRevision(context, current.revision);
        return { revision: current.revision };
      },
    },
    keptStep(context, revisions, reason),
  ];
}

/** `changed`, `steps`, `verify` and `answer` of an operation whose facts are {@link RotationFacts}. */
export const REPLACING = {
  async changed({ app }: Context, plan: Plan): Promise<string | undefined> {
    const { pending, revisions } = factsOf(plan);
    if (secretsDigest(app, pending) !== pending.before) return `${pending.file} was changed meanwhile`;
    return whyNotAsPlanned(app, revisions);
  },
  steps: replacingSteps,
  async verify({ app }: Context, plan: Plan) {
    const { current, names } = factsOf(plan);
    if (secretsDigest(app, current) !== current.after) throw secretsChanged(current);
    return { file: current.file, revision: current.revision, settings: [...names] };
  },
  async answer({ environment }: Context, { id, plan }: OperationRecord): Promise<RotatedView> {
    const { names, current, previousUntil, notes } = factsOf(plan);
    const { file, revision } = current;
    const view = { names, file, revision, previousUntil, notes, operation: id };
    return { summary: plan.summary, environment: environment.name, ...view };
  },
};
