/**
 * Which of a setting's candidates count. The highest one wins, unless a lower one is final; `<unset>` takes away
 * what stands below it; lists and objects are merged where their declaration says so. Pure, linear in the values.
 */
import type { Place } from "../base/place.ts";
import type { MergeRule, SettingDeclaration, SettingValue } from "../model/setting.ts";
import { UNSET } from "../model/setting.ts";
import { plainText, type RawValue, type Typing, typeValue } from "../model/setting-value.ts";
import type { Candidate } from "./evaluate.ts";
import { hasUnsetItem, mergeValues, pruned } from "./merge-values.ts";
import { mayRefer } from "./template-shape.ts";

/** What became of the candidates of one setting. */
export interface Choice {
  /** What is evaluated: the highest that counts, with the value merged where several do. */
  readonly winner: Candidate;
  /** The highest that counts, as its source has it. */
  readonly top: Candidate;
  /** All that count, lowest first. */
  readonly counted: readonly Candidate[];
  /** Lowest first; undefined where nothing is merged. */
  readonly parts: readonly Candidate[] | undefined;
  /** Those that came after a final one; undefined where there is none. */
  readonly refused: readonly Candidate[] | undefined;
}

/** What a list or object is read as: its form alone, its bounds are asked of the result. */
function formOf(declaration: SettingDeclaration | undefined, { value }: Candidate): Typing {
  const type = declaration?.type ?? (Array.isArray(value) ? "list" : "object");
  return { type, values: undefined, pattern: undefined, min: undefined, max: undefined };
}

function isStructured(declaration: SettingDeclaration | undefined, { value }: Candidate): boolean {
  if (declaration) return declaration.type === "list" || declaration.type === "object";
  return value !== null && typeof value === "object";
}

/** What is typed in or handed over by the process is used as it stands. */
function standsAlone({ origin, removes, sealed }: Candidate): boolean {
  return removes || sealed || origin === "process" || origin === "flag";
}

/** The candidates that the value is made of, lowest first; undefined where it is the highest one as it stands. */
function partsOf(
  counted: readonly Candidate[],
  declaration: SettingDeclaration | undefined,
): readonly Candidate[] | undefined {
  const top = counted.at(-1)!;
  if (standsAlone(top) || !isStructured(declaration, top)) return undefined;
  if (declaration && declaration.merge !== "replace" && counted.length > 1) return counted;
  return top.origin !== "secrets" && top.text.includes(UNSET) ? [top] : undefined;
}

/** Its value is not known before all are evaluated. */
function refers({ interpolated, value, text, reference }: Candidate): boolean {
  return (interpolated && mayRefer(value, text)) || (reference !== undefined && !reference.isKnown);
}

/** Merges what the parts say once their references are followed. One that does not fit is the value: it is refused. */
function combination(form: Typing, rule: MergeRule): (values: readonly RawValue[]) => SettingValue {
  return (values) => {
    let merged: SettingValue | undefined;
    for (const raw of values) {
      const typed = typeValue(form, raw);
      if (!typed.fits) return raw.text;
      merged = merged === undefined ? pruned(typed.value) : mergeValues(rule, merged, typed.value);
    }
    return merged ?? null;
  };
}

function combined(
  parts: readonly Candidate[],
  declaration: SettingDeclaration | undefined,
): Candidate | undefined {
  const top = parts.at(-1)!;
  const form = formOf(declaration, top);
  if (!parts.every((part) => refers(part) || typeValue(form, part).fits)) return undefined;
  const combine = combination(form, declaration?.merge ?? "replace");
  // Each part has the references of its own layer's syntax, so they are followed before anything is merged.
  if (parts.some(refers)) return { ...top, merging: { parts, combine } };
  const value = combine(parts);
  return { ...top, value, text: plainText(value), interpolated: false };
}

/** Where an item of a list is `<unset>`: the highest candidate that says so. */
export function unsetItemAt({ top, parts = [top] }: Choice): Place {
  const says = (part: Candidate, type: "list" | "object"): boolean => {
    const typed = typeValue({ ...formOf(undefined, part), type }, part);
    return typed.fits && hasUnsetItem(typed.value);
  };
  return (parts.findLast((part) => says(part, "list") || says(part, "object")) ?? top).place;
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
  const parts = partsOf(counted, declaration);
  const winner = parts && combined(parts, declaration);
  const isMerged = winner !== undefined && parts!.length > 1;
  return { winner: winner ?? top, top, counted, parts: isMerged ? parts : undefined, refused };
}
