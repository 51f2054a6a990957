/**
 * Writes to AWS Secrets Manager. A staged version has a label of our own: AWSPENDING belongs to AWS's rotation, whose
 * version would lose it, and with it the password that its service has by then. Promoting moves AWSCURRENT to the staged
 * version, and AWS itself gives the former one AWSPREVIOUS.
 */
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { sha256 } from "../../base/digest.ts";
import type { SecretReference, SecretWriter, SecretWritten } from "../../ports/secret-store.ts";
import type { Clients } from "./clients.ts";
import { ask, type Fault } from "./faults.ts";
import { CURRENT, isAboutSecret, readSecret, type SecretWish, wishOf } from "./managed-secrets.ts";
import { invalid, isRefusal } from "./reference.ts";

const PENDING = "RINGFENCEPENDING";

/** AWS takes 32 to 64 characters, and makes them the version's name. */
function versionOf(token: string): string {
  const hex = sha256(`ringfence aws-sm ${token}`).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

function exists(why: string): SecretWritten {
  return { kind: "exists", why };
}

interface Opened {
  readonly client: SecretsManager;
  readonly wish: SecretWish;
  readonly signal: AbortSignal;
}

async function create({ client, wish, signal }: Opened, text: string, token: string): Promise<SecretWritten> {
  if (wish.id.startsWith("arn:")) return invalid("a new secret is made by its name: AWS gives it its ARN");
  const version = versionOf(token);
  const given = { Name: wish.id, SecretString: text, ClientRequestToken: version };
  const key = wish.kms === undefined ? {} : { KmsKeyId: wish.kms };
  const asked = await ask(
    signal,
    (options) => client.createSecret({ ...given, ...key }, options),
    isAboutSecret,
  );
  if (!("fault" in asked)) return { kind: "written", version: asked.answer.VersionId ?? version };
  if (asked.fault.code === "InvalidRequestException")
    return exists("a secret of this name is marked for deletion");
  return asked.fault.code === "ResourceExistsException"
    ? sameOr({ client, wish, signal }, text, version, "a secret of this name is there already")
    : asked.fault.refusal;
}

/** What is there may be what an earlier call with this token wrote. */
async function sameOr(
  { client, wish, signal }: Opened,
  text: string,
  version: string,
  why: string,
): Promise<SecretWritten> {
  const there = await readSecret(client, { id: wish.id, version, stage: undefined }, signal);
  if (there.kind === "unreachable") return there;
  return there.kind === "found" && there.text === text ? { kind: "written", version } : exists(why);
}

async function stage(opened: Opened, text: string, token: string): Promise<SecretWritten> {
  const { client, wish, signal } = opened;
  const version = versionOf(token);
  const given = { SecretId: wish.id, SecretString: text, ClientRequestToken: version };
  const asked = await ask(
    signal,
    (options) => client.putSecretValue({ ...given, VersionStages: [PENDING] }, options),
    isAboutSecret,
  );
  if (!("fault" in asked)) return { kind: "written", version: asked.answer.VersionId ?? version };
  return asked.fault.code === "ResourceExistsException"
    ? sameOr(opened, text, version, "another text was staged by this token")
    : asked.fault.refusal;
}

type Labels = Readonly<Record<string, readonly string[]>>;

/** The labels of each version that has any. */
async function labelsOf({ client, wish, signal }: Opened): Promise<Labels | Fault> {
  const asked = await ask(
    signal,
    (options) => client.describeSecret({ SecretId: wish.id }, options),
    isAboutSecret,
  );
  return "fault" in asked ? asked.fault : (asked.answer.VersionIdsToStages ?? {});
}

const isFault = (value: Labels | Fault): value is Fault => "refusal" in value && "code" in value;

const holderOf = (labels: Labels, label: string) =>
  Object.keys(labels).find((version) => labels[version]!.includes(label));

async function moveLabel(
  { client, wish, signal }: Opened,
  label: string,
  from: string | undefined,
  to?: string,
): Promise<Fault | undefined> {
  const given = {
    SecretId: wish.id,
    VersionStage: label,
    ...(from === undefined ? {} : { RemoveFromVersionId: from }),
    ...(to === undefined ? {} : { MoveToVersionId: to }),
  };
  const asked = await ask(
    signal,
    (options) => client.updateSecretVersionStage(given, options),
    isAboutSecret,
  );
  return "fault" in asked ? asked.fault : undefined;
}

const SOMEBODY_ELSES = "another version has become the current one meanwhile";

async function promote(
  opened: Opened,
  version: string,
  replaced: string | undefined,
): Promise<SecretWritten> {
  const labels = await labelsOf(opened);
  if (isFault(labels)) return labels.refusal;
  const current = holderOf(labels, CURRENT);
  if (current !== version) {
    if (!labels[version]?.length)
      return { kind: "missing", why: "there is no such version, or it was discarded" };
    if (current !== replaced) return exists(SOMEBODY_ELSES);
    // AWS refuses where another version has become the current one meanwhile.
    const fault = await moveLabel(opened, CURRENT, current, version);
    if (fault?.code === "InvalidParameterException") return exists(SOMEBODY_ELSES);
    if (fault) return fault.refusal;
  }
  // Everyone has it by now: a label that is left over decides nothing.
  if (labels[version]?.includes(PENDING)) await moveLabel(opened, PENDING, version);
  return { kind: "written", version };
}

/** A version without a label is given to nobody, and AWS deletes it when it likes. */
async function discard(opened: Opened, version: string): Promise<SecretWritten> {
  const labels = await labelsOf(opened);
  if (isFault(labels)) return labels.refusal;
  const own = labels[version] ?? [];
  if (own.includes(CURRENT)) return invalid("this version is the current one: promote another one first");
  for (const label of own) {
    const fault = await moveLabel(opened, label, version);
    if (fault) return fault.refusal;
  }
  return { kind: "written", version };
}

export function openSecretsManagerWriter(clients: Clients): SecretWriter {
  const within = async (
    reference: SecretReference,
    signal: AbortSignal,
    work: (opened: Opened) => Promise<SecretWritten>,
  ): Promise<SecretWritten> => {
    const wish = wishOf(reference);
    if (isRefusal(wish)) return wish;
    if (wish.version !== undefined || wish.stage !== undefined)
      return invalid("what is written has no version and no stage yet: leave them out");
    const client = await clients.secretsManager(wish.scope);
    return isRefusal(client) ? client : work({ client, wish, signal });
  };
  return {
    create: (reference, text, token, signal) =>
      within(reference, signal, (opened) => create(opened, text, token)),
    stage: (reference, text, token, signal) =>
      within(reference, signal, (opened) => stage(opened, text, token)),
    promote: (reference, version, replaced, signal) =>
      within(reference, signal, (opened) => promote(opened, version, replaced)),
    discard: (reference, version, signal) => within(reference, signal, (opened) => discard(opened, version)),
  };
}
