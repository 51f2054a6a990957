/** A set of words (four bytes, as an `Int32Array` reads them) that may hold more than was put in: a filter in front of lists. */

/** A word's hash is the upper bits of its product with this (Knuth's multiplicative hashing). */
export const MULTIPLIER = 0x9e3779b1 | 0;
/** Beyond these a table would be no quicker, or leave the processor's fast caches. */
const [FEWEST_BITS, MOST_BITS] = [12, 19];

/** How many bits number as many places, within limits. */
export function bitsFor(places: number): number {
  return Math.min(MOST_BITS, Math.max(FEWEST_BITS, Math.ceil(Math.log2(places + 1))));
}

/** Its fields are open: the one loop over all data asks without a call. */
export class WordFilter {
  /** 1 where a word with this hash is in the set. Bits would take less memory, and a third more time to ask. */
  readonly places: Uint8Array;
  /** A word's hash is `Math.imul(word, MULTIPLIER) >>> shift`. */
  readonly shift: number;

  /** @param size how many places it should have; there are about as many, within limits */
  constructor(size: number) {
    const bits = bitsFor(size);
    this.shift = 32 - bits;
    this.places = new Uint8Array(1 << bits);
  }

  add(word: number): void {
    this.places[Math.imul(word, MULTIPLIER) >>> this.shift] = 1;
  }

  has(word: number): boolean {
    return this.places[Math.imul(word, MULTIPLIER) >>> this.shift] === 1;
  }
}
