/**
 * Secrets that HashiCorp Vault or OpenBao keeps: its key-value engine (`vault`), and credentials that it makes for a
 * time (`vault-lease`). Asked over its HTTP API, by the variables that its own command reads.
 */
import { answerByKind } from "../../base/answering.ts";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { SecretAnswer, SecretReference, SecretStore } from "../../ports/secret-store.ts";
import { openHttp } from "./http.ts";
import { openKv } from "./kv.ts";
import { openKvWriter } from "./kv-writing.ts";
import { openLeased, openLeases, type TokenEnds } from "./leases.ts";
import { invalid } from "./refusal.ts";
import { openSession, type VaultOptions } from "./session.ts";

export type { VaultOptions } from "./session.ts";

type Read = (references: readonly SecretReference[], signal: AbortSignal) => Promise<SecretAnswer[]>;

/** Opens nothing yet, and signs in when it is first asked. */
export function openVaultSecrets(options: VaultOptions): SecretStore {
  const session = openSession(openHttp(options.variables), options);
  const ends: TokenEnds = new Map();
  const readers: Readonly<Record<string, Read>> = {
    vault: openKv(session),
    "vault-lease": openLeased(session, ends),
  };
  return {
    schemes: Object.keys(readers),
    read: (references, signal) =>
      answerByKind<SecretReference, SecretAnswer>(
        references,
        {
          kindOf: ({ scheme }) => scheme,
          keyOf: ({ scheme, path, parameters }) => canonicalJson([scheme, path, parameters]),
          works: readers,
          none: (scheme) => invalid(`Vault is not asked by ${scheme}`),
        },
        signal,
      ),
    writer: openKvWriter(session),
    leases: openLeases(session, ends),
  };
}
