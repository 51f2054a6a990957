/** Reads from AWS Secrets Manager: the current versions of many secrets at once, another version by itself. */
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { answerEach, answerInBatches, answerInGroups } from "../../base/answering.ts";
import type { SecretAnswer, SecretReference, SecretRefusal } from "../../ports/secret-store.ts";
import type { Clients } from "./clients.ts";
import { ask, refusalOfCode } from "./faults.ts";
import { answerByScope, invalid, isRefusal, type Scope, scopeOf, unknownParameter } from "./reference.ts";

/** What BatchGetSecretValue takes. */
const BATCH = 20;
const AT_A_TIME = 8;
const NAME = /^[\w/+=.@!-]{1,512}$/;
const ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]{1,520}$/;
const WITHOUT_VALUE: SecretRefusal = { kind: "missing", why: "the secret has no value" };

export const CURRENT = "AWSCURRENT";

/** Secrets Manager names the secret in all its answers about one. */
export function isAboutSecret({ ARN }: { readonly ARN?: string | undefined }): boolean {
  return ARN !== undefined;
}

/** What is asked for, of a reference that is well formed. */
export interface SecretWish {
  readonly scope: Scope;
  /** Name or ARN. */
  readonly id: string;
  readonly version: string | undefined;
  readonly stage: string | undefined;
  /** Key that a new secret is encrypted with. */
  readonly kms: string | undefined;
}

export function wishOf(reference: SecretReference): SecretWish | SecretRefusal {
  const wrong = unknownParameter(reference, ["region", "profile", "version", "stage", "kms"]);
  if (wrong) return wrong;
  const { path: id, parameters } = reference;
  if (!NAME.test(id) && !ARN.test(id))
    return invalid("the path is neither a name nor an ARN of a secret", "aws-sm://<name of the secret>");
  const scope = scopeOf(reference);
  if (isRefusal(scope)) return scope;
  return { scope, id, version: parameters.version, stage: parameters.stage, kms: parameters.kms };
}

interface Value {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
  readonly VersionId?: string | undefined;
}

function answerOf({ SecretString, SecretBinary, VersionId: version }: Value): SecretAnswer {
  if (SecretString) return { kind: "found", text: SecretString, version };
  if (SecretBinary?.length)
    return { kind: "found", text: Buffer.from(SecretBinary).toString("base64"), version };
  return WITHOUT_VALUE;
}

/** Of a secret that waits for its deletion AWS says that the request is wrong. */
function refusalOf(code: string, refusal: SecretRefusal): SecretRefusal {
  if (code !== "InvalidRequestException") return refusal;
  return { kind: "missing", why: "the secret is marked for deletion (InvalidRequestException)" };
}

/** One version: the one that was asked for, or the current one. */
export async function readSecret(
  client: SecretsManager,
  { id, version, stage }: Pick<SecretWish, "id" | "version" | "stage">,
  signal: AbortSignal,
): Promise<SecretAnswer> {
  const wanted = stage ?? (version === undefined ? CURRENT : undefined);
  const given = {
    SecretId: id,
    ...(version === undefined ? {} : { VersionId: version }),
    ...(wanted === undefined ? {} : { VersionStage: wanted }),
  };
  const asked = await ask(signal, (options) => client.getSecretValue(given, options), isAboutSecret);
  if ("fault" in asked) return refusalOf(asked.fault.code, asked.fault.refusal);
  return answerOf(asked.answer);
}

/** An ARN may be given without the six characters that AWS puts behind the name. */
function names(id: string, { Name, ARN: arn = "" }: { Name?: string | undefined; ARN?: string | undefined }) {
  return Name === id || arn === id || (id.startsWith("arn:") && arn.startsWith(`${id}-`));
}

/** Answers for those that the batch answers; undefined for those to be asked for by themselves. */
async function readBatch(
  client: SecretsManager,
  wishes: readonly SecretWish[],
  signal: AbortSignal,
): Promise<readonly (SecretAnswer | undefined)[]> {
  const ids = wishes.map(({ id }) => id);
  const asked = await ask(
    signal,
    (options) => client.batchGetSecretValue({ SecretIdList: ids }, options),
    ({ SecretValues, Errors }) => (SecretValues ?? Errors) !== undefined,
  );
  if ("fault" in asked) {
    const { refusal } = asked.fault;
    // A batch is a permission of its own, and one name that AWS doesn't take spoils it for all.
    return wishes.map(() => (refusal.kind === "unreachable" ? refusal : undefined));
  }
  const { SecretValues = [], Errors = [] } = asked.answer;
  return ids.map((id) => {
    const value = SecretValues.find((candidate) => names(id, candidate));
    if (value) return answerOf(value);
    const error = Errors.find(({ SecretId }) => SecretId === id);
    if (!error?.ErrorCode) return undefined;
    return refusalOf(error.ErrorCode, refusalOfCode(error.ErrorCode, error.Message ?? "", undefined));
  });
}

async function readCurrent(client: SecretsManager, wishes: readonly SecretWish[], signal: AbortSignal) {
  const known = wishes.length === 1 ? [undefined] : await readBatch(client, wishes, signal);
  const numbered = wishes.map((wish, at) => ({ wish, answer: known[at] }));
  return answerEach(numbered, AT_A_TIME, async ({ wish, answer }) =>
    answer === undefined ? readSecret(client, wish, signal) : answer,
  );
}

export function openSecretsManager(clients: Clients) {
  const ofScope = async (
    scope: Scope,
    wishes: readonly SecretWish[],
    signal: AbortSignal,
  ): Promise<SecretAnswer[]> => {
    const client = await clients.secretsManager(scope);
    if (isRefusal(client)) return wishes.map(() => client);
    const isCurrent = ({ version, stage }: SecretWish) => version === undefined && stage === undefined;
    return answerInGroups(
      wishes,
      (wish) => String(isCurrent(wish)),
      (group) =>
        isCurrent(group[0]!)
          ? answerInBatches(group, BATCH, (batch) => readCurrent(client, batch, signal))
          : answerEach(group, AT_A_TIME, (wish) => readSecret(client, wish, signal)),
    );
  };

  return (references: readonly SecretReference[], signal: AbortSignal): Promise<SecretAnswer[]> =>
    answerByScope(references.map(wishOf), (scope, wishes) => ofScope(scope, wishes, signal));
}
