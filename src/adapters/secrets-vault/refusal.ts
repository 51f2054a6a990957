/** What Vault's status codes mean to whoever asks for a secret. Vault's own texts are not handed on. */
import type { SecretRefusal } from "../../ports/secret-store.ts";
import type { VaultAnswer } from "./http.ts";

const SIGN_IN = "vault login, or sign in as docs/reference-stores.md says";

export function invalid(why: string, fix?: string): SecretRefusal {
  return { kind: "invalid", why, ...(fix ? { fix } : {}) };
}

export function missing(why = "Vault has none under this path"): SecretRefusal {
  return { kind: "missing", why };
}

/**
 * @param what names what was asked, for the one who has to allow it: `read kv/data/shop`.
 * @returns undefined for an answer that is none of the known failures.
 */
export function refusalOf({ status }: VaultAnswer, what: string): SecretRefusal | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 403 || status === 401)
    return { kind: "denied", why: `Vault does not let this caller ${what} (${status})`, fix: SIGN_IN };
  if (status === 404) return missing();
  if (status === 503)
    return { kind: "unreachable", why: "Vault is sealed or not ready (503)", fix: "vault operator unseal" };
  // 412: a node that has not caught up yet; 472, 473: one that does not answer for others.
  if (status === 429 || status === 412 || status === 472 || status === 473 || status >= 500)
    return { kind: "unreachable", why: `Vault gave no answer (${status})` };
  return invalid(`Vault does not take this request (${status})`);
}
