/** Which stretch of a byte sequence (needle) is looked for: the one that ordinary text is the least likely to have. */

/** The window is looked for in this many bytes at the end: enough to find a good one, and quick for long needles. */
const MOST_SEARCHED = 64;

/** Lower case and blanks are one class: words. */
function classOf(byte: number): number {
  if ((byte >= 0x61 && byte <= 0x7a) || byte === 0x20) return 1;
  if (byte >= 0x41 && byte <= 0x5a) return 2;
  return byte >= 0x30 && byte <= 0x39 ? 3 : 4;
}

/**
 * Where in a needle its window begins: where letters, digits and signs take turns most, which ordinary text does
 * rarely; of equal ones the last, for secrets of one kind often begin alike.
 *
 * @param length of the window: 2 to 16 bytes, and no more than the needle has.
 */
export function windowStart(bytes: Uint8Array, start: number, to: number, length: number): number {
  const from = Math.max(start, to - MOST_SEARCHED);
  const pairs = length - 1;
  const oldest = 1 << (pairs - 1);
  let best = from;
  let least = length;
  // A bit for each two neighbours in the window that are of one class, and how many such there are.
  let alike = 2 * oldest - 1;
  let cost = pairs;
  let former = 0;
  for (let at = from; at < to; at++) {
    const is = classOf(bytes[at]!);
    if (alike & oldest) cost--;
    alike &= oldest - 1;
    alike <<= 1;
    if (is === former) {
      alike |= 1;
      cost++;
    }
    former = is;
    if (cost > least || at - from < pairs) continue;
    best = at - length + 1;
    least = cost;
  }
  return best;
}
