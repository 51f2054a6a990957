/** Credentials that Vault makes when they are asked for, and takes back: any engine that gives leases. */
import { answerEach } from "../../base/answering.ts";
import type {
  SecretAnswer,
  SecretLease,
  SecretLeases,
  SecretReference,
  SecretRefusal,
} from "../../ports/secret-store.ts";
import { isObject, isRefusal, unreachable, type VaultAnswer } from "./http.ts";
import { partsOf, unknownParameter } from "./path.ts";
import { invalid, missing, refusalOf } from "./refusal.ts";
import type { Session } from "./session.ts";

const AT_A_TIME = 4;
/** Vault's own: a reference must not reach its tokens, its policies or what a token keeps for itself. */
const OWN = new Set(["sys", "auth", "identity", "cubbyhole"]);

/**
 * When the tokens that got leases end, by the leases' names and by `performance.now()`. Another token may renew a lease:
 * it ends with its own all the same.
 */
export type TokenEnds = Map<string, number>;

/** @param endsAtMs when the token that got it ends, and the lease with it */
function leaseOf(body: VaultAnswer["body"], endsAtMs: number): SecretLease | undefined {
  const { lease_id: id, lease_duration: seconds, renewable } = body;
  if (typeof id !== "string" || id === "" || typeof seconds !== "number") return undefined;
  const remainingMs = Math.max(0, Math.floor(endsAtMs - performance.now()));
  return { id, durationMs: Math.min(seconds * 1000, remainingMs), renewable: renewable === true };
}

async function readLeased(
  session: Session,
  ends: TokenEnds,
  reference: SecretReference,
  signal: AbortSignal,
): Promise<SecretAnswer> {
  const wrong = unknownParameter(reference, []);
  if (wrong) return wrong;
  const parts = partsOf(reference.path);
  if (!parts || parts.length < 2)
    return invalid("the path names no credential of an engine", "vault-lease://database/creds/<role>");
  if (OWN.has(parts[0]!)) return invalid(`${parts[0]}/ is Vault's own, and no engine for credentials`);
  const path = parts.join("/");
  const { answer, endsAtMs } = await session.askByToken({ method: "GET", path }, signal);
  if (isRefusal(answer)) return answer;
  const refusal = refusalOf(answer, `read ${path}`);
  if (refusal) {
    const foreign = answer.status === 404 && !Array.isArray(answer.body.errors);
    return foreign ? unreachable("something else answered 404") : refusal;
  }
  const { data } = answer.body;
  if (!isObject(data) || typeof answer.body.lease_id !== "string")
    return unreachable("something else answered");
  const lease = leaseOf(answer.body, endsAtMs);
  if (lease) ends.set(lease.id, endsAtMs);
  return { kind: "found", text: JSON.stringify(data), version: undefined, ...(lease ? { lease } : {}) };
}

export function openLeased(session: Session, ends: TokenEnds) {
  return (references: readonly SecretReference[], signal: AbortSignal): Promise<SecretAnswer[]> =>
    answerEach(references, AT_A_TIME, (reference) => readLeased(session, ends, reference, signal));
}

/** Vault answers 400 for a lease that it does not know: it has ended. */
const isGone = (answer: VaultAnswer): boolean =>
  (answer.status === 400 || answer.status === 404) && Array.isArray(answer.body.errors);

export function openLeases(session: Session, ends: TokenEnds): SecretLeases {
  return {
    async renew({ id }, signal): Promise<SecretLease | SecretRefusal> {
      const given = { method: "PUT", path: "sys/leases/renew", body: { lease_id: id } } as const;
      const answer = await session.ask(given, signal);
      if (isRefusal(answer)) return answer;
      if (isGone(answer)) return missing("the lease has ended, or can't be renewed any more");
      return (
        refusalOf(answer, "renew leases") ??
        leaseOf(answer.body, ends.get(id) ?? Number.POSITIVE_INFINITY) ??
        unreachable("something else answered")
      );
    },

    async revoke({ id }, signal) {
      const given = { method: "PUT", path: "sys/leases/revoke", body: { lease_id: id } } as const;
      const answer = await session.ask(given, signal);
      if (isRefusal(answer)) return answer;
      const refusal = isGone(answer) ? undefined : refusalOf(answer, "revoke leases");
      if (refusal) return refusal;
      ends.delete(id);
      return { kind: "revoked" };
    },
  };
}
