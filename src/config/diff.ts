/**
 * The difference between two configurations: typed, by key, secrets only as equal, different or unknown. Linear in
 * the settings of both.
 */
import type { SettingDifference, SettingsDiff, Verdict } from "../model/comparison.ts";
import type { Design } from "../model/rule.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { comparableText, type Fingerprint, placeOf, type Side } from "./comparable.ts";
import { DesignRules } from "./design.ts";

export interface ComparisonOptions {
  readonly byDesign: readonly Design[];
  readonly fingerprint: Fingerprint;
}

interface Pair {
  readonly key: string;
  readonly a: ResolvedSetting | undefined;
  readonly b: ResolvedSetting | undefined;
  readonly secret: boolean;
}

function verdictOf({ key, a, b, secret }: Pair, fingerprint: Fingerprint): Verdict {
  if (!a || !b) return "different";
  // One and the same is equal to itself, also where nobody can open it.
  if (a === b) return "equal";
  const [one, other] = [comparableText(a), comparableText(b)];
  if (one === undefined || other === undefined) return "unknown";
  const same = secret ? fingerprint(key, one) === fingerprint(key, other) : one === other;
  return same ? "equal" : "different";
}

function differenceOf(pair: Pair, verdict: Verdict, reason: string | null): SettingDifference {
  const { key, a, b, secret } = pair;
  const text = (side: ResolvedSetting | undefined) =>
    secret || !side ? null : (comparableText(side) ?? null);
  const value = (side: ResolvedSetting | undefined) => (text(side) === null ? null : side!.value);
  return {
    key,
    a: value(a),
    b: value(b),
    secret,
    byDesign: reason !== null,
    kind: a ? (b ? "changed" : "removed") : "added",
    verdict,
    reason,
    texts: { a: text(a), b: text(b) },
    places: { a: placeOf(a), b: placeOf(b) },
  };
}

/** Everything that is not known to be the same in `a` and `b`. A key that is secret on one side is secret on both. */
export function diffSettings(a: Side, b: Side, { byDesign, fingerprint }: ComparisonOptions): SettingsDiff {
  const design = new DesignRules(byDesign);
  const [before, after] = [a.resolution.settings, b.resolution.settings];
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changes = keys.flatMap((key): SettingDifference[] => {
    const [one, other] = [before.get(key), after.get(key)];
    const secret = one?.secret === true || other?.secret === true;
    const pair = { key, a: one, b: other, secret };
    const verdict = verdictOf(pair, fingerprint);
    const sameSecrecy = one?.secret === other?.secret;
    if (verdict === "equal" && sameSecrecy) return [];
    return [differenceOf(pair, verdict, design.reasonFor(key))];
  });
  return { a: a.name, b: b.name, changes };
}
