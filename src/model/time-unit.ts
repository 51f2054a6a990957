/** The unit of time that a setting's name ends in. */

const UNITS: readonly (readonly [suffix: RegExp, ms: number])[] = [
  [/_(MS|MILLIS|MILLISECONDS)$/, 1],
  [/_(S|SEC|SECS|SECONDS)$/, 1_000],
  [/_(MIN|MINS|MINUTES)$/, 60_000],
  [/_(H|HOURS)$/, 3_600_000],
  [/_(D|DAYS)$/, 86_400_000],
];

/** Milliseconds of the unit that a name ends in, as `…_EXPIRE_MINUTES`; undefined where it names none. */
export function unitOf(name: string): number | undefined {
  return UNITS.find(([suffix]) => suffix.test(name.toUpperCase()))?.[1];
}
