/** Environment variables that lead to keys: which of them a process that Ringfence starts does not get. Pure. */

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Ways to the keys of this or another environment: no program of a project gets them.
 *
 * - `RINGFENCE_HOME`, `RINGFENCE_IDENTIT…`, `RINGFENCE_PASSPHRASE…`: identities and what opens them;
 * - `SOPS_AGE_…`: the age keys that sops reads, as texts, files and commands, and the ssh ones;
 * - `SOPS_KMS_…`, `SOPS_GCP_KMS_…`, `SOPS_AZURE_KEYVAULT_…`, `SOPS_VAULT_…`, `SOPS_PGP_…`: what sops takes keys from.
 *
 * What a program may need for itself stays, though a key service could be asked with it: `AWS_…`,
 * `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_…`, `SSH_AUTH_SOCK`.
 */
const KEYS = [
  ...["HOME", "IDENTIT", "PASSPHRASE"].map((name) => `RINGFENCE_${name}`),
  ...["AGE", "KMS", "GCP_KMS", "AZURE_KEYVAULT", "VAULT", "PGP"].map((name) => `SOPS_${name}_`),
];

function leadsToKey(name: string): boolean {
  return (
    (name.startsWith("RINGFENCE_") || name.startsWith("SOPS_")) && KEYS.some((key) => name.startsWith(key))
  );
}

/**
 * Opens every reference of every environment that its owner may read. What asks a store needs it; a process that runs
 * in an environment has one of its own, as a declared secret, or none.
 */
const STORE_TOKEN = "VAULT_TOKEN";

/** The variables that have a value and lead to no key: for programs that Ringfence asks for something. */
export function withoutKeys(variables: Variables): Record<string, string> {
  // Without a prototype: an object that grows by dozens of names takes Node longer with one.
  const kept: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && !leadsToKey(name)) kept[name] = value;
  }
  return kept;
}

/** The variables that have a value and lead neither to a key nor into a store: for what runs in an environment. */
export function withoutAccess(variables: Variables): Record<string, string> {
  const kept = withoutKeys(variables);
  delete kept[STORE_TOKEN];
  return kept;
}
