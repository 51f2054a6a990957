/**
 * What a secrets file keeps of its values besides the values themselves: when each was last changed, the former one
 * while both count, and a new one that does not count yet. It lies in the leaf of the binding, encrypted and under the
 * file's MAC, so that no name of it is ever taken for a setting.
 */
import { isDeepStrictEqual } from "node:util";

export interface SecretPast {
  /** When the value was last changed through Ringfence (ISO 8601, UTC); undefined where nobody knows. */
  readonly changedAt?: string;
  /** The former value, to be retired once `until` is past, and since when it had been there (ISO 8601, UTC). */
  readonly previous?: { readonly value: string; readonly until: string; readonly changedAt?: string };
  /** The new value of a rotation that has not come to its end, and since when (ISO 8601, UTC) it is there. */
  readonly pending?: { readonly value: string; readonly since: string };
}

export type SecretPasts = ReadonlyMap<string, SecretPast>;

/** A file as it was, as far as it tells what has changed. */
interface Before {
  readonly values: ReadonlyMap<string, string>;
  readonly pasts: SecretPasts;
}

const NOTHING: SecretPast = {};

function hasTexts(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return keys.every((key) => typeof (value as Record<string, unknown>)[key] === "string");
}

function isPast(value: unknown): value is SecretPast {
  if (typeof value !== "object" || value === null) return false;
  const { changedAt, previous, pending } = value as Record<string, unknown>;
  return (
    (changedAt === undefined || typeof changedAt === "string") &&
    (previous === undefined || hasTexts(previous, ["value", "until"])) &&
    (pending === undefined || hasTexts(pending, ["value", "since"]))
  );
}

/** As the binding's leaf has them; undefined for what is none. */
export function readPasts(value: unknown): SecretPasts | undefined {
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([, past]) => isPast(past)) ? new Map(entries) : undefined;
}

/** As {@link readPasts} reads it; undefined where there is nothing to keep. */
export function pastsToKeep(pasts: SecretPasts): Readonly<Record<string, SecretPast>> | undefined {
  const kept = [...pasts].filter(([, past]) => Object.keys(past).length > 0);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The texts in it that must never be shown. */
export function secretsInPasts(pasts: SecretPasts): string[] {
  return [...pasts.values()].flatMap(({ previous, pending }) =>
    [previous, pending].flatMap((one) => (one ? [one.value] : [])),
  );
}

/**
 * What is to be kept beside new values. A value that is not the one before was changed now; one that stays keeps what
 * is known of it, also that nothing is.
 *
 * @param told what a rotation says of some of them
 * @param now ISO 8601
 */
export function pastsAfter(
  before: Before | undefined,
  values: Readonly<Record<string, string>>,
  told: SecretPasts,
  now: string,
): SecretPasts {
  const pastOf = (name: string, value: string): SecretPast => {
    const known = before?.pasts.get(name) ?? NOTHING;
    return told.get(name) ?? (before?.values.get(name) === value ? known : { ...known, changedAt: now });
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, pastOf(name, value)]));
}

/** What two branches have of one secret, and what both come from. */
interface Three<T> {
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

/** What only one of them changed; undefined where both did, each in its own way. */
function changedByOne<T>({ base, ours, theirs }: Three<T>): { readonly value: T } | undefined {
  if (isDeepStrictEqual(theirs, base) || isDeepStrictEqual(ours, theirs)) return { value: ours };
  return isDeepStrictEqual(ours, base) ? { value: theirs } : undefined;
}

function mergePast({ base, ours, theirs }: Three<SecretPast>, isTaken: boolean): SecretPast {
  const three = <K extends keyof SecretPast>(key: K): Three<SecretPast[K]> => {
    return { base: base[key], ours: ours[key], theirs: theirs[key] };
  };
  const valued = isTaken ? theirs : ours;
  const changedAt = valued.changedAt;
  const { value: previous } = changedByOne(three("previous")) ?? { value: valued.previous };
  // It may be the one that counts where it is checked: none is lost because the other branch ended a rotation.
  const { value: pending } = changedByOne(three("pending")) ?? { value: ours.pending ?? theirs.pending };
  return { ...(changedAt && { changedAt }), ...(previous && { previous }), ...(pending && { pending }) };
}

/**
 * What is to be kept beside merged values: each part by itself, so that a former value that one branch retired stays
 * retired, and a pending one stays pending. Where both changed it, a value brings its own.
 *
 * @param names of the result; those whose past nobody knows are left out
 * @param taken names whose value comes from the other branch
 * @returns `conflicts`: names of which each branch has a pending value of its own; ours is kept
 */
export function mergePasts(
  { base, ours, theirs }: Three<SecretPasts>,
  names: readonly string[],
  taken: readonly string[],
): { readonly pasts: SecretPasts; readonly conflicts: readonly string[] } {
  const of = (pasts: SecretPasts, name: string) => pasts.get(name) ?? NOTHING;
  const known = names.filter((name) => [base, ours, theirs].some((pasts) => pasts.has(name)));
  const threes = known.map((name) => {
    return [name, { base: of(base, name), ours: of(ours, name), theirs: of(theirs, name) }] as const;
  });
  const pasts = new Map(threes.map(([name, three]) => [name, mergePast(three, taken.includes(name))]));
  const lost = threes.filter(([name, { base: was, theirs: other }]) => {
    const isNew = other.pending && !isDeepStrictEqual(other.pending, was.pending);
    return isNew && !isDeepStrictEqual(pasts.get(name)?.pending, other.pending);
  });
  return { pasts, conflicts: lost.map(([name]) => name) };
}
