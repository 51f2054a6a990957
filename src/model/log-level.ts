/** Log levels under the names that loggers give them, from the most talkative to the quietest. */

/** One group per level; the names of a group mean the same. */
const GROUPS: readonly (readonly string[])[] = [
  ["TRACE", "SILLY"],
  ["DEBUG"],
  ["VERBOSE"],
  ["INFO", "INFORMATION"],
  ["NOTICE"],
  ["WARN", "WARNING"],
  ["ERROR"],
  ["FATAL", "CRITICAL"],
  ["OFF", "NONE", "SILENT"],
];

/** Every name, in capitals; a manifest may write them in any case. */
export const LOG_LEVELS: readonly string[] = GROUPS.flat();

/** How quiet a level is: the higher, the less is logged. Undefined for what is no level. */
export function quietness(level: string): number | undefined {
  const rank = GROUPS.findIndex((names) => names.includes(level.toUpperCase()));
  return rank < 0 ? undefined : rank;
}
