/** "Did you mean": the known word nearest to a mistyped one. */

/** Letters put in, left out, replaced, and neighbours that changed places, as fingers do. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1]!;
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(substitution, swap, above[j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** Edits within which two words are near: a third of the longer one, so none for two letters. */
function isNear(distance: number, a: string, b: string): boolean {
  return distance <= Math.floor(Math.max(a.length, b.length) / 3);
}

/** The known word within a third of the longer word's length, a unique prefix first; undefined if none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  const words = [...known];
  const byPrefix = words.filter(
    (candidate) => wanted.length > 1 && candidate.toLowerCase().startsWith(wanted),
  );
  if (byPrefix.length === 1) return byPrefix[0];
  const ranked = words
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ distance, candidate }) => isNear(distance, wanted, candidate))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}
