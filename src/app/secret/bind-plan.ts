/** What `secret bind` would do: where the value comes from, and what stands in the other store already. */
import { shellWord } from "../../base/shell-word.ts";
import { isPlaceholder } from "../../model/credential-text.ts";
import { previousName } from "../../model/rotation.ts";
import { referencesErrors } from "../../references/index.ts";
import type { SecretPast } from "../../secrets/index.ts";
import type { Context, PlanDraft } from "../definition.ts";
import {
  assertGiving,
  assertTaking,
  isSameSecret,
  type KeptSecret,
  mustReadKept,
  openKept,
  readKept,
  referenceOf,
} from "../kept-secret.ts";
import { NOTHING_TO_WRITE, planValues, type RekeyFacts } from "../rekeyed-secrets.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { sealValue } from "../sealed-value.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { readValue } from "./value-input.ts";

interface Binding {
  readonly name: string;
  /** The reference, as it is to be written. */
  readonly to: string;
  readonly adopt: boolean;
}

/** JSON, for a plan's facts. */
export interface BindFacts extends RekeyFacts {
  readonly name: string;
  readonly to: string;
  /** The value to be created there, as ciphertext; null where the store has it already. */
  readonly sealed: string | null;
}

const again = ({ name, to }: Binding, environment: string) =>
  `ringfence secret bind ${name} --to ${shellWord(to)} -e ${environment}`;

/** @throws REFERENCE_UNWRITABLE for a setting whose text is never read as a reference */
function assertReferring({ app }: Context, { name }: Binding): void {
  const declared = app.project.settings.find((one) => one.name === name);
  if (declared?.reference !== false) return;
  throw referencesErrors.REFERENCE_UNWRITABLE({
    what: `${name} takes no references`,
    where: `${app.project.manifest}:${declared.place.line} settings.${name}`,
    why: "it is declared with reference: false",
    fix: `take reference: false out of settings.${name} in ${app.project.manifest}`,
  });
}

/** @throws REFERENCE_UNWRITABLE for one that another store keeps already, and for a field, which is no whole secret */
function assertCreatable(
  { app, environment }: Context,
  binding: Binding,
  kept: KeptSecret,
  secrets: SecretsState,
): void {
  const { name, to } = binding;
  const there = `${again(binding, environment.name)} --adopt`;
  const former = referenceOf(app, environment, name, secrets);
  if (former) {
    throw referencesErrors.REFERENCE_UNWRITABLE({
      what: `${name} of ${environment.name} is kept at ${former.text} already`,
      where: name,
      why: "there is no value here that could be created in another store",
      fix: `${there}   # once ${to} has the value; a new value where it is: ringfence secret push ${name} -e ${environment.name}`,
    });
  }
  if (kept.read.field !== undefined) {
    throw referencesErrors.REFERENCE_UNWRITABLE({
      what: `${name} can't be created as a field of another secret`,
      where: to,
      why: "a new secret is written whole; what else belongs into this one only its owner knows",
      fix: `${there}   # after creating ${kept.read.secret.path} with the field ${kept.read.field} in the store`,
    });
  }
  assertTaking(kept, there);
}

/** What the secrets file has; where that is nothing yet, or stands for a value, what arrives on standard input. */
function valueFor(context: Context, { name, to }: Binding, secrets: SecretsState): Promise<string> | string {
  const value = valuesOf(secrets.opened)[name];
  if (value !== undefined && !isPlaceholder(value)) return value;
  return readValue(context, name, `ringfence secret bind ${name} --to ${shellWord(to)}`);
}

/** The error for a value of somebody else's where ours was to be. */
export function taken({ environment }: Pick<Context, "environment">, binding: Binding): Error {
  const { name, to } = binding;
  return referencesErrors.REFERENCE_TAKEN({
    what: `another value than that of ${name} is kept at ${to}`,
    where: to,
    why: "it may be somebody else's secret; neither was changed",
    fix: `${again(binding, environment.name)} --adopt   # only if ${environment.name} is to use that one`,
  });
}

/** What the plan says, and the value to create where the store lacks it. */
async function looked(context: Context, binding: Binding, secrets: SecretsState) {
  const { name, to, adopt } = binding;
  const pending = { setting: name, text: to, place: { file: secrets.file, line: 0, column: 0 } };
  const kept = await openKept(context, pending);
  if (adopt) {
    await assertGiving(context, kept);
    return { sealed: null, effect: `adopt what is kept at ${to}; a value of ${secrets.file} is forgotten` };
  }
  assertCreatable(context, binding, kept, secrets);
  const value = await valueFor(context, binding, secrets);
  const sealed = await sealValue(context, value);
  const answer = await readKept(context, kept);
  if (answer.kind === "missing") return { sealed, effect: `create ${to}` };
  const there = await mustReadKept(context, kept);
  if (!isSameSecret(there.text, value)) throw taken(context, binding);
  return { sealed, effect: `adopt what is kept at ${to}: it is this value` };
}

/** Without the former value, which is the secrets file's own: none where it keeps no former one. */
function pastsWithoutFormer({ app }: Context, { opened }: SecretsState, name: string) {
  const { previous, ...past } = opened?.pasts.get(name) ?? {};
  const changedAt = new Date(app.clock.now()).toISOString();
  return new Map<string, SecretPast>(previous ? [[name, { ...past, changedAt }]] : []);
}

/**
 * @throws REFERENCE_UNWRITABLE, REFERENCE_TAKEN, REFERENCE_UNRESOLVED, TRUST_REQUIRED; APP_SECRET_INPUT; what writing
 * a secrets file throws
 */
export async function planBind(context: Context, binding: Binding): Promise<PlanDraft> {
  const { app, environment, reason } = context;
  const { name, to } = binding;
  assertReferring(context, binding);
  const secrets = readSecrets(app, environment);
  assertWritable(context, secrets);
  const values = valuesOf(secrets.opened);
  const { sealed, effect } = await looked(context, binding, secrets);
  const isBound = values[name] === to;
  const pasts = pastsWithoutFormer(context, secrets, name);
  const planned = isBound
    ? NOTHING_TO_WRITE
    : await planValues(context, secrets, { ...values, [name]: to }, pasts);
  const facts: BindFacts = {
    ...planned,
    name,
    to,
    sealed,
    notes: sealed === null ? [] : [`earlier versions of ${secrets.file} still hold the value, encrypted`],
    reason: reason ?? `secret bind ${name}`,
  };
  return {
    summary: `keep ${name} of ${environment.name} at ${to}`,
    environment: environment.name,
    effects: isBound
      ? [`nothing: ${secrets.file} says so already`]
      : [
          effect,
          `write the reference into ${secrets.file} in place of the value`,
          ...(pasts.has(name) ? [`forget the former value, given as ${previousName(name)}`] : []),
        ],
    facts: JSON.parse(JSON.stringify(facts)),
  };
}
