/** Placeholders: what stands where somebody meant to put a value. */

/** `<from-secrets-manager>` and the like. */
export function isUnfilled(text: string): boolean {
  return /^\s*<[^<>]+>\s*$/.test(text);
}
