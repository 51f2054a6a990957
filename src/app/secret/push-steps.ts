/**
 * The two steps of writing a new version of a secret: it is staged, where nobody is given it, and read back; then it
 * is promoted. A version that was staged and not promoted is discarded on the way back.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { OperationRecord } from "../../model/operation.ts";
import type { SecretFound } from "../../ports/secret-store.ts";
import { referencesErrors } from "../../references/index.ts";
import type { App } from "../app.ts";
import type { Context, Step, StepContext } from "../definition.ts";
import {
  isSameSecret,
  type KeptSecret,
  mustReadKept,
  notWritten,
  openKept,
  readKept,
  referenceOf,
  writeKept,
} from "../kept-secret.ts";
import { tryAgain } from "../references.ts";
import { openValue } from "../sealed-value.ts";
import type { PushFacts } from "./push-plan.ts";

function textAt(result: Json | undefined, name: string): string | undefined {
  const value = (result as Readonly<Record<string, Json>> | null | undefined)?.[name];
  return typeof value === "string" ? value : undefined;
}

/** The versions that the journal knows of. */
export function resultsOf({ steps }: OperationRecord) {
  const resultOf = (key: string) => steps.find((step) => step.key === key)?.result;
  return { staged: textAt(resultOf("stage"), "staged"), promoted: textAt(resultOf("promote"), "promoted") };
}

async function journalled(app: App, operation: string) {
  const record = await app.store.read((view) => view.operations.get(operation));
  return record && resultsOf(record);
}

function changedMeanwhile({ name, reference }: PushFacts): Error {
  return referencesErrors.REFERENCE_CHANGED({
    what: `${name} was changed in its store since it was planned`,
    where: reference.text,
    why: "writing now would lose that change",
    fix: "run the same command again; its plan then starts from that change",
  });
}

/** What everyone is given: the version that was planned to be replaced, or the new text already. @throws REFERENCE_CHANGED */
async function currentAsPlanned(
  context: Context,
  kept: KeptSecret,
  facts: PushFacts,
  text: string,
): Promise<SecretFound> {
  const current = await mustReadKept(context, kept);
  if ((current.version ?? null) === facts.previous || isSameSecret(current.text, text)) return current;
  throw changedMeanwhile(facts);
}

/** Why the plan no longer holds. */
export async function changedSincePlanned(context: Context, facts: PushFacts): Promise<string | undefined> {
  const { app, environment } = context;
  const { name, reference, previous } = facts;
  if (referenceOf(app, environment, name)?.text !== reference.text)
    return `${name} is no longer kept at ${reference.text}`;
  const current = await mustReadKept(context, await openKept(context, reference));
  return (current.version ?? null) === previous ? undefined : `${reference.text} has another version now`;
}

/** The staged version's name. @throws REFERENCE_NOT_WRITTEN, also where the store gives another text back */
async function staged(context: Context, kept: KeptSecret, text: string, { operation, signal }: StepContext) {
  const written = await writeKept(context, kept, signal, (writer, one) =>
    writer.stage(kept.read.secret, text, operation, one),
  );
  if (written.kind !== "written") throw notWritten(context, kept, written);
  const there = await mustReadKept(context, kept, written.version);
  if (!isSameSecret(there.text, text)) throw notGiven(context, kept, `the staged version ${written.version}`);
  return written.version;
}

function notGiven(context: Context, kept: KeptSecret, which: string): Error {
  const why = `${which} was read back, and is another text`;
  return notWritten(context, kept, { kind: "unreachable", why });
}

/** What everyone is given, where that is the new value by now; undefined also where nobody can tell. */
async function newlyGiven(
  context: Context,
  kept: KeptSecret,
  { previous }: PushFacts,
  text: string,
): Promise<SecretFound | undefined> {
  const current = await readKept(context, kept);
  if (current.kind !== "found" || (current.version ?? null) === previous) return undefined;
  return isSameSecret(current.text, text) ? current : undefined;
}

/** A promotion that was cut short may have taken effect, and whoever asked since has the new value: that is said. */
async function sayPromoted(context: Context, facts: PushFacts, text: string): Promise<void> {
  const kept = await openKept(context, facts.reference);
  if (!(await newlyGiven(context, kept, facts, text))) return;
  const before = facts.previous === null ? "" : ` (before: version ${facts.previous})`;
  context.warn(`everyone is given the new value of ${facts.reference.text} already${before}`);
}

/** That what was staged could not be taken away is said, and hinders nothing. */
async function discardStaged(
  context: Context,
  facts: PushFacts,
  text: string,
  step: StepContext,
): Promise<void> {
  const kept = await openKept(context, facts.reference);
  const { secret } = kept.read;
  const write = (call: Parameters<typeof writeKept>[3]) => writeKept(context, kept, step.signal, call);
  // Interrupted before its name was journalled, it is asked for again by its token.
  const known = (await journalled(context.app, step.operation))?.staged;
  const found =
    known === undefined
      ? await write((writer, one) => writer.stage(secret, text, step.operation, one))
      : { kind: "written" as const, version: known };
  // Promoted under its own name it is staged no more.
  const given = await newlyGiven(context, kept, facts, text);
  if (found.kind === "written" && given?.version === found.version) return;
  const gone =
    found.kind === "written"
      ? await write((writer, one) => writer.discard(secret, found.version, one))
      : found;
  if (gone.kind !== "written")
    context.warn(`a staged version of ${facts.reference.text} may be left: ${gone.why}`);
}

/** @throws where the store has no such staged version any more */
async function promoted(
  context: Context,
  facts: PushFacts,
  text: string,
  step: StepContext,
): Promise<string> {
  const kept = await openKept(context, facts.reference);
  const { version: replaced } = await currentAsPlanned(context, kept, facts, text);
  const version =
    (await journalled(context.app, step.operation))?.staged ?? (await staged(context, kept, text, step));
  const written = await writeKept(context, kept, step.signal, (writer, one) =>
    writer.promote(kept.read.secret, version, replaced, one),
  );
  if (written.kind === "written") return written.version;
  const given = await newlyGiven(context, kept, facts, text);
  if (given) {
    context.warn(`${facts.reference.text} gives the new value, although its store said: ${written.why}`);
    return given.version ?? version;
  }
  throw written.kind === "exists" ? changedMeanwhile(facts) : notWritten(context, kept, written);
}

export function pushSteps(context: Context, facts: PushFacts): Step[] {
  const { sealed, reference, previous } = facts;
  if (sealed === null) return [];
  const text = () => openValue(context, sealed);
  return [
    {
      key: "stage",
      title: `write a version of ${reference.text} that nobody is given yet`,
      async run(step) {
        const kept = await openKept(context, reference);
        await currentAsPlanned(context, kept, facts, text());
        return { staged: await staged(context, kept, text(), step) };
      },
      undo: (step) => discardStaged(context, facts, text(), step),
    },
    {
      key: "promote",
      title: "make it the one that everyone gets",
      pivot: true,
      run: async (step) => ({ promoted: await promoted(context, facts, text(), step), previous }),
      undo: () => sayPromoted(context, facts, text()),
    },
  ];
}

/** Reads back what everyone is given now. @throws REFERENCE_NOT_WRITTEN with the version that was there before */
export async function verifyPushed(context: Context, facts: PushFacts): Promise<Json> {
  const { sealed, reference, previous } = facts;
  const kept = await openKept(context, reference);
  const { current } = await tryAgain(context.app, async () => {
    const current = await mustReadKept(context, kept);
    // A store of many nodes may show the former version for a moment.
    const isFormer = sealed !== null && (current.version ?? null) === previous;
    return { kind: isFormer ? "unreachable" : "found", current };
  });
  if (sealed !== null && !isSameSecret(current.text, openValue(context, sealed)))
    throw notGiven(context, kept, `what everyone is given (before it was version ${previous ?? "unknown"})`);
  return { reference: reference.text, version: current.version ?? null };
}
