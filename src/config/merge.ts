/**
 * Which of a setting's candidates count. The highest one wins, unless a lower one is final; `<unset>` takes away
 * what stands below it; lists and objects are merged where their declaration says so. Pure, linear in the values.
 */
import type { MergeRule, SettingDeclaration, SettingValue } from "../model/setting.ts";
import { UNSET } from "../model/setting.ts";
import { plainText, typeValue } from "../model/setting-value.ts";
import type { Candidate } from "./evaluate.ts";
import { LITERAL_DOLLAR } from "./layer-entry.ts";

/** What became of the candidates of one setting. */
export interface Choice {
  /** What is evaluated: the highest that counts, with the value merged where several do. */
  readonly winner: Candidate;
  /** The highest that counts, as its source has it. */
  readonly top: Candidate;
  /** Lowest first; undefined where nothing is merged. */
  readonly parts: readonly Candidate[] | undefined;
  /** Those that came after a final one; undefined where there is none. */
  readonly refused: readonly Candidate[] | undefined;
}

type Map = { readonly [key: string]: SettingValue };

function isMap(value: SettingValue | undefined): value is Map {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function deep(below: SettingValue | undefined, above: SettingValue): SettingValue {
  if (!isMap(below) || !isMap(above)) return above;
  const merged: Record<string, SettingValue> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === UNSET) delete merged[key];
    else merged[key] = deep(merged[key], value);
  }
  return merged;
}

function byField(
  field: string,
  below: readonly SettingValue[],
  above: readonly SettingValue[],
): SettingValue[] {
  const merged = [...below];
  const key = (item: SettingValue): string | undefined =>
    isMap(item) ? plainText(item[field] ?? null) : undefined;
  const at = new Map(merged.map((item, index) => [key(item), index]));
  for (const item of above) {
    const name = key(item);
    const index = name ? at.get(name) : undefined;
    if (index === undefined) {
      if (name) at.set(name, merged.length);
      merged.push(item);
    } else merged[index] = deep(merged[index], item);
  }
  return merged;
}

/**
 * Two values by a rule, the second one above. Layers are merged from the lowest up. Associative for `replace` and
 * `append`; for `deep` where a key is a map in all of them or in none and nothing is `<unset>`; for `{ by }` where
 * also no list names a key twice.
 */
export function mergeValues(rule: MergeRule, below: SettingValue, above: SettingValue): SettingValue {
  if (rule === "deep") return deep(below, above);
  if (rule === "replace" || !Array.isArray(below) || !Array.isArray(above)) return above;
  return rule === "append" ? [...below, ...above] : byField(rule.by, below, above);
}

/** A dollar sign in a literal text begins no reference, also after it is merged with texts that are templates. */
function literal(value: SettingValue): SettingValue {
  if (typeof value === "string") return value.replaceAll("$", LITERAL_DOLLAR);
  if (Array.isArray(value)) return value.map(literal);
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]))
    : value;
}

/** The list or object that a candidate gives, also where its layer wrote it as text; undefined where it is none. */
function structured({ type }: SettingDeclaration, candidate: Candidate): SettingValue | undefined {
  const { value, text, interpolated } = candidate;
  const loose = { type, values: undefined, pattern: undefined, min: undefined, max: undefined };
  const typed = typeValue(loose, { value, text });
  if (!typed.fits) return undefined;
  return interpolated ? typed.value : literal(typed.value);
}

function merged(declaration: SettingDeclaration, parts: readonly Candidate[]): Choice["winner"] | undefined {
  let value: SettingValue | undefined;
  for (const part of parts) {
    const next = structured(declaration, part);
    if (next === undefined) return undefined;
    value = value === undefined ? next : mergeValues(declaration.merge, value, next);
  }
  const top = parts.at(-1)!;
  return value === undefined ? undefined : { ...top, value, text: plainText(value), interpolated: true };
}

/** Where candidates are removed or final: those that count, lowest first, and those refused. */
function counting(candidates: readonly Candidate[]) {
  const final = candidates.findIndex((candidate) => candidate.final);
  const allowed = final < 0 ? candidates : candidates.slice(0, final + 1);
  const removal = allowed.findLastIndex(({ removes }) => removes);
  const counted = removal < 0 || removal === allowed.length - 1 ? allowed : allowed.slice(removal + 1);
  return { counted, refused: final < 0 ? undefined : candidates.slice(final + 1) };
}

/** @param candidates lowest first, at least one */
export function choose(
  candidates: readonly Candidate[],
  declaration: SettingDeclaration | undefined,
): Choice {
  let counted = candidates;
  let refused: readonly Candidate[] | undefined;
  if (candidates.some(({ final, removes }) => final || removes))
    ({ counted, refused } = counting(candidates));
  const top = counted.at(-1)!;
  const isSingle = declaration === undefined || declaration.merge === "replace" || counted.length === 1;
  const winner = isSingle || top.removes || top.sealed ? undefined : merged(declaration, counted);
  return { winner: winner ?? top, top, parts: winner && counted, refused };
}
