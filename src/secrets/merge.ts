/** Merges secrets by name, as git merges lines: what only one side changed is taken, what both changed alike as well. */

type Values = Readonly<Record<string, string>>;

export interface MergedValues {
  readonly values: Values;
  /** Names that both sides changed, each in its own way: the values have what is ours. */
  readonly conflicts: readonly string[];
  /** Names whose value comes from the other side. */
  readonly taken: readonly string[];
}

const textOf = (values: Values, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** @param base what both come from; empty where there is none */
export function mergeValues(base: Values, ours: Values, theirs: Values): MergedValues {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs), ...Object.keys(base)])];
  const merged: [string, string][] = [];
  const conflicts: string[] = [];
  const taken: string[] = [];
  for (const name of names) {
    const [was, own, other] = [textOf(base, name), textOf(ours, name), textOf(theirs, name)];
    const isTheirs = own === was && other !== was;
    if (own !== was && other !== was && own !== other) conflicts.push(name);
    if (isTheirs) taken.push(name);
    const value = isTheirs ? other : own;
    if (value !== undefined) merged.push([name, value]);
  }
  return { values: Object.fromEntries(merged), conflicts, taken };
}
