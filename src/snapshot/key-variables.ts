/** Environment variables that lead to keys: no process that Ringfence starts for a project gets them. Pure. */

type Variables = Readonly<Record<string, string | undefined>>;

/** Ways to the keys of this or another environment: a child gets values, never keys. */
const KEYS =
  /^(RINGFENCE_HOME|RINGFENCE_IDENTIT.*|RINGFENCE_PASSPHRASE.*|SOPS_AGE_KEY.*|SOPS_AGE_SSH_PRIVATE_KEY.*)$/;

/** The variables that have a value and lead to no key. */
export function withoutKeys(variables: Variables): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && !KEYS.test(name)) kept[name] = value;
  }
  return kept;
}
