/** Environment variables that lead to keys: no process that Ringfence starts for a project gets them. Pure. */

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Ways to the keys of this or another environment: a child gets values, never keys.
 *
 * - `RINGFENCE_HOME`, `RINGFENCE_IDENTIT…`, `RINGFENCE_PASSPHRASE…`: identities and what opens them;
 * - `SOPS_AGE_…`: the age keys that sops reads, as texts, files and commands, and the ssh ones;
 * - `SOPS_KMS_…`, `SOPS_GCP_KMS_…`, `SOPS_AZURE_KEYVAULT_…`, `SOPS_VAULT_…`, `SOPS_PGP_…`: what sops takes keys from;
 * - `VAULT_TOKEN`: opens every reference of every environment that its owner may read. A process that needs a token
 *   of its own has it as a declared secret, which is put over the caller's variables.
 *
 * What a program may need for itself stays, though a key service could be asked with it: `AWS_…`,
 * `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_…`, `SSH_AUTH_SOCK`.
 */
const KEYS =
  /^(?:RINGFENCE_(?:HOME|IDENTIT|PASSPHRASE).*|SOPS_(?:AGE|KMS|GCP_KMS|AZURE_KEYVAULT|VAULT|PGP)_.*|VAULT_TOKEN)$/;

/** The variables that have a value and lead to no key. */
export function withoutKeys(variables: Variables): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && !KEYS.test(name)) kept[name] = value;
  }
  return kept;
}
