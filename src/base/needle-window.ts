/** Which stretch of a byte sequence (needle) is looked for: the one that ordinary text is the least likely to have. */

/** No window is longer. */
const MOST_BYTES = 16;
/** The window is looked for in this many bytes at the end: enough to find a good one, and quick for long needles. */
const MOST_SEARCHED = 64;

/** Lower case and blanks are one class: words. */
function classOf(byte: number): number {
  if ((byte >= 0x61 && byte <= 0x7a) || byte === 0x20) return 1;
  if (byte >= 0x41 && byte <= 0x5a) return 2;
  return byte >= 0x30 && byte <= 0x39 ? 3 : 4;
}

const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));
/** How many bits are set in a number, one for each two neighbours in the longest window. */
const ONES = new Uint8Array(1 << (MOST_BYTES - 1));
for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1]! + (bits & 1);

/**
 * Where in a needle its window begins: where letters, digits and signs take turns most, which ordinary text does
 * rarely; of equal ones the last, for secrets of one kind often begin alike.
 *
 * @param length of the window: at most 16 bytes, and no more than the needle has.
 */
export function windowStart(bytes: Uint8Array, start: number, to: number, length: number): number {
  const from = Math.max(start, to - MOST_SEARCHED);
  const pairs = (1 << (length - 1)) - 1;
  let best = from;
  let least = length;
  let alike = pairs;
  let former = 0;
  for (let at = from; at < to; at++) {
    const is = CLASSES[bytes[at]!]!;
    alike = ((alike << 1) & pairs) | (is === former ? 1 : 0);
    former = is;
    const cost = ONES[alike]!;
    if (cost > least || at - from < length - 1) continue;
    best = at - length + 1;
    least = cost;
  }
  return best;
}
