/** Durations and sizes as people write them, as numbers, and back. */

const DURATION_UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

const SIZE_UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ["TiB", 1024 ** 4],
  ["TB", 1000 ** 4],
  ["GiB", 1024 ** 3],
  ["GB", 1000 ** 3],
  ["MiB", 1024 ** 2],
  ["MB", 1000 ** 2],
  ["KiB", 1024],
  ["kB", 1000],
  ["KB", 1000],
  ["B", 1],
];

const DURATION = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds of `15m`, `1h30m`, `500ms`: whole numbers with units, largest first. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (!found || text === "") return undefined;
  let total = 0;
  DURATION_UNITS.forEach(([, milliseconds], index) => {
    total += Number(found[index + 1] ?? 0) * milliseconds;
  });
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest text that {@link parseDuration} reads as this many milliseconds (a whole number from 0). */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = "";
  for (const [unit, size] of DURATION_UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || "0s";
}

/** Bytes of `512`, `10MiB` (1024 × 1024), `512MB` (1000 × 1000): a whole number, at most one unit. Undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const found = /^(\d+) ?([kKMGT]?i?B)?$/.exec(text);
  const unit = SIZE_UNITS.find(([name]) => name === (found?.[2] ?? "B"));
  if (!found || !unit) return undefined;
  const bytes = Number(found[1]) * unit[1];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The text with the largest unit that loses nothing, binary units before decimal ones. */
export function formatSize(bytes: number): string {
  const unit = SIZE_UNITS.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit ? `${bytes / unit[1]}${unit[0]}` : `${bytes}B`;
}
