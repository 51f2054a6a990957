/** A set of words (four bytes, as an `Int32Array` reads them) that may hold more than was put in: a filter in front of lists. */

/** A word's hash is the upper bits of its product with this (Knuth's multiplicative hashing). */
export const MULTIPLIER = 0x9e3779b1 | 0;
const [FEWEST_BITS, MOST_BITS] = [12, 20];

/** How many bits number as many places, within the limits of a table that stays in fast memory. */
export function bitsFor(places: number): number {
  return Math.min(MOST_BITS, Math.max(FEWEST_BITS, Math.ceil(Math.log2(places + 1))));
}

/** Its fields are open: the one loop over all data asks without a call. */
export class WordFilter {
  /** Bit `hash & 31` of place `hash >>> 5` is 1 where a word with this hash is in the set. */
  readonly places: Int32Array;
  /** A word's hash is `Math.imul(word, MULTIPLIER) >>> shift`. */
  readonly shift: number;

  /** @param size about how many bits the set may take */
  constructor(size: number) {
    const bits = bitsFor(size);
    this.shift = 32 - bits;
    this.places = new Int32Array(1 << (bits - 5));
  }

  add(word: number): void {
    const hash = Math.imul(word, MULTIPLIER) >>> this.shift;
    this.places[hash >>> 5]! |= 1 << hash;
  }

  has(word: number): boolean {
    const hash = Math.imul(word, MULTIPLIER) >>> this.shift;
    return ((this.places[hash >>> 5]! >> hash) & 1) !== 0;
  }
}
