/** What `secret push` would do: the new text of a secret in its store, held against the version that is there. */

import type { PendingReference } from "../../model/secret-reference.ts";
import { referencesErrors, withField } from "../../references/index.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import {
  assertTaking,
  isSameSecret,
  type KeptSecret,
  mustReadKept,
  openKept,
  referenceOf,
} from "../kept-secret.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { sealValue } from "../sealed-value.ts";
import { assertWritable } from "../secrets-change.ts";
import { readValue } from "./value-input.ts";

/** JSON, for a plan's facts. */
export interface PushFacts {
  readonly name: string;
  readonly reference: PendingReference;
  /** The store's name for the version that is replaced; null where it has none. */
  readonly previous: string | null;
  /** The whole new text as ciphertext; null where the store has it already. */
  readonly sealed: string | null;
  readonly reason: string;
}

/** @throws APP_BAD_INPUT for a secret that no other store keeps */
function assertKept(context: Context, name: string, secrets: SecretsState): PendingReference {
  const { app, environment } = context;
  const found = referenceOf(app, environment, name, secrets);
  if (found) return found;
  throw appErrors.APP_BAD_INPUT({
    what: `${name} of ${environment.name} is kept in no other store`,
    where: secrets.file,
    why: "only a reference leads to one",
    fix: `printf %s "$VALUE" | ringfence secret set ${name} -e ${environment.name}`,
  });
}

/** The whole text that is to be written. @throws REFERENCE_UNWRITABLE for a field that can't be there */
function wholeText({ pending, read }: KeptSecret, current: string, value: string): string {
  if (read.field === undefined) return value;
  const changed = withField(current, read.field, value);
  if (changed.kind === "value") return changed.text;
  throw referencesErrors.REFERENCE_UNWRITABLE({
    what: `the field of ${pending.setting} can't be written`,
    where: pending.text,
    why: changed.why,
    fix: "correct what stands behind the #",
  });
}

/**
 * @throws REFERENCE_UNWRITABLE, REFERENCE_UNRESOLVED, TRUST_REQUIRED; APP_BAD_INPUT, APP_SECRET_INPUT;
 * SECRETS_BAD_RECIPIENT, SECRETS_NO_IDENTITY: the plan keeps the value as ciphertext
 */
export async function planPush(context: Context, { name }: { readonly name: string }): Promise<PlanDraft> {
  const { app, environment, reason } = context;
  const secrets = readSecrets(app, environment);
  const reference = assertKept(context, name, secrets);
  const kept = await openKept(context, reference);
  assertTaking(kept, "replace it where it is kept, with that store's own tool");
  assertWritable(context, secrets);
  const value = await readValue(context, name, `ringfence secret push ${name}`);
  const current = await mustReadKept(context, kept);
  const text = wholeText(kept, current.text, value);
  const isThere = isSameSecret(current.text, text);
  const facts: PushFacts = {
    name,
    reference,
    previous: current.version ?? null,
    sealed: isThere ? null : await sealValue(context, text),
    reason: reason ?? `secret push ${name}`,
  };
  const version = current.version === undefined ? "" : ` (now version ${current.version})`;
  return {
    summary: `replace ${name} of ${environment.name} at ${reference.text}`,
    environment: environment.name,
    effects: isThere
      ? [`nothing: ${reference.text} has this value already`]
      : [
          `write a new version of ${reference.text}${version}, which nobody is given yet`,
          "read it back, and make it the one that everyone gets",
        ],
    facts: JSON.parse(JSON.stringify(facts)),
  };
}
