/** Reads secrets of Vault's key-value engine, version 2: the newest version, a numbered one, or a staged one. */
import { answerEach } from "../../base/answering.ts";
import type { SecretAnswer, SecretReference, SecretRefusal } from "../../ports/secret-store.ts";
import { isObject, isRefusal, unreachable, type VaultAnswer } from "./http.ts";
import { type KvPath, kvPathOf, pathOf, stagedOf } from "./path.ts";
import { invalid, missing, refusalOf } from "./refusal.ts";
import type { Session } from "./session.ts";

const AT_A_TIME = 8;
const NUMBER = /^[1-9]\d{0,8}$/;
const STAGED = /^staged-([1-9]\d{0,8})$/;

/** One version of a secret. */
export interface KvVersion {
  readonly number: number;
  /** Undefined where it is deleted or destroyed. */
  readonly text: string | undefined;
}

/** A version as the port names it: `7`, or `staged-7`, which is the seventh of the staged copies. */
export interface VersionName {
  readonly staged: boolean;
  readonly number: number;
}

export function versionName(text: string): VersionName | undefined {
  const staged = STAGED.exec(text)?.[1];
  if (staged !== undefined) return { staged: true, number: Number(staged) };
  return NUMBER.test(text) ? { staged: false, number: Number(text) } : undefined;
}

export const stagedName = (number: number): string => `staged-${number}`;

function versionOf({ body }: VaultAnswer): KvVersion | undefined {
  if (!isObject(body.data) || !isObject(body.data.metadata)) return undefined;
  const { data, metadata } = body.data;
  if (typeof metadata.version !== "number") return undefined;
  return { number: metadata.version, text: isObject(data) ? JSON.stringify(data) : undefined };
}

/** A version, also one that is deleted: Vault answers 404 for it, and says which it is. */
export async function readVersion(
  session: Session,
  at: KvPath,
  number: number | undefined,
  signal: AbortSignal,
): Promise<KvVersion | SecretRefusal> {
  const path = pathOf(at, "data");
  const query = number === undefined ? {} : { version: String(number) };
  const answer = await session.ask({ method: "GET", path, query }, signal);
  if (isRefusal(answer)) return answer;
  const version = answer.status === 200 || answer.status === 404 ? versionOf(answer) : undefined;
  if (version) return version;
  const refusal = refusalOf(answer, `read ${path}`);
  // A 404 that is not Vault's own says nothing about the secret.
  if (answer.status === 404 && !Array.isArray(answer.body.errors))
    return unreachable("something else answered 404");
  return refusal ?? unreachable("something else answered; is this a key-value engine of version 2?");
}

async function readKv(
  session: Session,
  reference: SecretReference,
  signal: AbortSignal,
): Promise<SecretAnswer> {
  const at = kvPathOf(reference);
  if (isRefusal(at)) return at;
  const { version } = reference.parameters;
  const name = version === undefined ? undefined : versionName(version);
  if (version !== undefined && !name) return invalid(`${version} is no version of a secret in Vault`);
  const found = await readVersion(session, name?.staged ? stagedOf(at) : at, name?.number, signal);
  if (isRefusal(found)) return found;
  if (found.text === undefined) return missing("this version is deleted or destroyed");
  return {
    kind: "found",
    text: found.text,
    version: name?.staged ? stagedName(found.number) : String(found.number),
  };
}

export function openKv(session: Session) {
  return (references: readonly SecretReference[], signal: AbortSignal): Promise<SecretAnswer[]> =>
    answerEach(references, AT_A_TIME, (reference) => readKv(session, reference, signal));
}
