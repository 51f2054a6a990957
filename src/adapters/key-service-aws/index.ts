/**
 * AWS KMS as a key service, over the AWS client that stands beside Ringfence or in the project; it is loaded when a
 * key is asked for. Who is asking is found as AWS's own tools find it: variables, profiles, the machine's role.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { KMSClient, KMSClientConfig } from "@aws-sdk/client-kms";
import { systemCode } from "../../base/error.ts";
import type { KeyName, KeyOpened, KeyRefusal, KeyService, KeyWrapped } from "../../ports/key-service.ts";
import { refusalOf } from "./refusal.ts";

/** An ARN of a key or an alias; the region is its fourth part. */
const ARN = /^arn:aws[\w-]*:kms:([a-z0-9-]+):[0-9]+:(?:key|alias)\/.+$/;
const ROLE = /^arn:aws[\w-]*:iam::[0-9]+:role\/.+$/;
const ATTEMPTS = 3;

export interface AwsKeyServiceOptions {
  /** Where to ask instead of the region's own address. */
  readonly endpoint?: string;
  /** A trusted project's folder, whose own AWS client is used where none stands beside Ringfence. */
  readonly projectRoot?: string;
}

class Missing extends Error {}

function isNotFound(error: unknown): boolean {
  return ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(systemCode(error) ?? "");
}

/** @param load imports it by a name that is written out, so that the build sees what it has to leave outside. */
async function load<Library>(
  name: string,
  load: () => Promise<Library>,
  projectRoot: string | undefined,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  if (projectRoot !== undefined) {
    try {
      const path = createRequire(join(projectRoot, "package.json")).resolve(name);
      return (await import(pathToFileURL(path).href)) as Library;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  throw new Missing(`it needs the AWS client: npm install ${name}`);
}

const loadKms = ({ projectRoot }: AwsKeyServiceOptions) =>
  load("@aws-sdk/client-kms", () => import("@aws-sdk/client-kms"), projectRoot);

/** Needed only for keys with a role. */
const loadSts = ({ projectRoot }: AwsKeyServiceOptions) =>
  load("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"), projectRoot);

/** What every client for a key is made with. */
interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly profile?: string;
}

function settings(region: string, { profile }: KeyName, { endpoint }: AwsKeyServiceOptions): ClientSettings {
  return {
    region,
    maxAttempts: ATTEMPTS,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The role's credentials for one call. */
async function assume(
  role: string,
  base: ClientSettings,
  options: AwsKeyServiceOptions,
  abortSignal: AbortSignal,
): Promise<NonNullable<KMSClientConfig["credentials"]>> {
  const { AssumeRoleCommand, STSClient } = await loadSts(options);
  const client = new STSClient({ ...base });
  try {
    const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "ringfence" });
    const { Credentials: given } = await client.send(command, { abortSignal });
    return {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      ...(given?.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
    };
  } finally {
    client.destroy();
  }
}

/** Asks KMS with the credentials that the key asks for; everything that goes wrong becomes a refusal. */
async function ask<Answer>(
  key: KeyName,
  options: AwsKeyServiceOptions,
  signal: AbortSignal,
  call: (client: KMSClient, kms: typeof import("@aws-sdk/client-kms")) => Promise<Answer>,
): Promise<Answer | KeyRefusal> {
  const region = ARN.exec(key.name)?.[1];
  if (region === undefined) return { kind: "invalid", why: "the key's name is no ARN of AWS KMS" };
  if (key.role !== undefined && !ROLE.test(key.role))
    return { kind: "invalid", why: "the key's role is no ARN of a role" };
  try {
    const kms = await loadKms(options);
    const base = settings(region, key, options);
    const credentials =
      key.role === undefined ? {} : { credentials: await assume(key.role, base, options, signal) };
    const client = new kms.KMSClient({ ...base, ...credentials });
    try {
      return await call(client, kms);
    } finally {
      client.destroy();
    }
  } catch (error) {
    if (error instanceof Missing) return { kind: "missing", why: error.message };
    return refusalOf(error, signal);
  }
}

function contextOf({ context }: KeyName): { EncryptionContext?: Record<string, string> } {
  return Object.keys(context).length > 0 ? { EncryptionContext: { ...context } } : {};
}

/** KMS, with one client for each call: a command has at most a handful of keys to ask for. */
export function openAwsKeyService(options: AwsKeyServiceOptions = {}): KeyService {
  return {
    services: ["kms"],
    unwrap: (key, signal) =>
      ask<KeyOpened>(key, options, signal, async (client, { DecryptCommand }) => {
        const blob = Buffer.from(key.wrapped, "base64");
        const command = new DecryptCommand({ CiphertextBlob: blob, KeyId: key.name, ...contextOf(key) });
        const { Plaintext } = await client.send(command, { abortSignal: signal });
        return Plaintext
          ? { kind: "opened", dataKey: Plaintext }
          : { kind: "invalid", why: "the answer holds no key" };
      }),
    wrap: (dataKey, key, signal) =>
      ask<KeyWrapped>(key, options, signal, async (client, { EncryptCommand }) => {
        const command = new EncryptCommand({ Plaintext: dataKey, KeyId: key.name, ...contextOf(key) });
        const { CiphertextBlob } = await client.send(command, { abortSignal: signal });
        return CiphertextBlob
          ? { kind: "wrapped", wrapped: Buffer.from(CiphertextBlob).toString("base64") }
          : { kind: "invalid", why: "the answer holds no wrapped key" };
      }),
  };
}
