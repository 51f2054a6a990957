/**
 * An index over byte sequences (needles) that lets a search look at every fourth or eighth byte only, whatever their
 * number.
 *
 * The search steps through memory in aligned words of four bytes, every one (a step of 4) or every second one (a step
 * of 8). Of each needle as many overlapping stretches of four bytes (grams) are kept as a step has bytes: wherever the
 * needle stands, one of them lies where the search looks. Asking of each word whether it is a gram of any needle
 * therefore misses none; this is the idea of Wu and Manber's multi-pattern search (1994), with fixed steps. The index
 * finds; what is searched and what a find means is `secret-scanner.ts`.
 */

const GRAM = 4;
const STEPS = { short: GRAM, long: 2 * GRAM };

/** The bytes that all grams of a step cover together. */
function windowOf(step: number): number {
  return step + GRAM - 1;
}

/** From this length on a needle is listed by the word behind its gram as well, for which its window is longer. */
const SHORTEST_PAIRED = windowOf(STEPS.long) + GRAM;

/** One byte less than a window of the short step: the last gram has any byte in its last place. */
export const SHORTEST_INDEXED = windowOf(STEPS.short) - 1;
const ANY_BYTE = 256;
/** The window is looked for in this many bytes at the end: enough to find a good one, and quick for long needles. */
const MOST_SEARCHED = 64;
/** A word's hash is the upper bits of its product with this (Knuth's multiplicative hashing). */
export const MULTIPLIER = 0x9e3779b1 | 0;
const PAIR_MULTIPLIER = 0x85ebca6b | 0;
/** Places in the filter for each gram: the more, the fewer foreign words pass. Larger tables leave the fast caches. */
const FILTER_PER_GRAM = 32;
const [FEWEST_BITS, MOST_BITS] = [12, 22];
/** The lists behind the filter are rarely asked. */
const LISTS_PER_GRAM = 2;

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Four bytes as an `Int32Array` reads them. */
function word(a: number, b: number, c: number, d: number): number {
  return LITTLE_ENDIAN ? a | (b << 8) | (c << 16) | (d << 24) : (a << 24) | (b << 16) | (c << 8) | d;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return word(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
}

/** What stands in an index: all needles one behind the other. Needle `i` is from `starts[i]` to `starts[i + 1]`. */
export interface Needles {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly count: number;
  readonly longest: number;
}

/** The texts in UTF-8. */
export function joinNeedles(texts: readonly string[]): Needles {
  const joined = texts.join("");
  const bytes = Buffer.from(joined);
  // One conversion for all of them: in most sets every character is one byte.
  const isAscii = bytes.length === joined.length;
  const starts = new Int32Array(texts.length + 1);
  let longest = 0;
  texts.forEach((text, i) => {
    const length = isAscii ? text.length : Buffer.byteLength(text);
    starts[i + 1] = starts[i]! + length;
    longest = Math.max(longest, length);
  });
  return { bytes, starts, count: texts.length, longest };
}

/** Lower case and blanks are one class: words. */
function classOf(byte: number): number {
  if ((byte >= 0x61 && byte <= 0x7a) || byte === 0x20) return 1;
  if (byte >= 0x41 && byte <= 0x5a) return 2;
  return byte >= 0x30 && byte <= 0x39 ? 3 : 4;
}

const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte));
/** How many bits are set in a number, one for each two neighbours in the longest window. */
const ONES = new Uint8Array(1 << (SHORTEST_PAIRED - 1));
for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1]! + (bits & 1);

/**
 * Where in a needle its window begins: where letters, digits and signs take turns most, which ordinary text does
 * rarely; of equal ones the last, for secrets of one kind often begin alike.
 */
function windowStart(bytes: Uint8Array, start: number, to: number, length: number): number {
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

/** Two words as one: the key of the lists of longer needles. Many needles share a gram, few share two. */
function pairOf(gram: number, next: number): number {
  return gram ^ Math.imul(next, PAIR_MULTIPLIER);
}

/** How many bits number as many places, within the limits. */
function bitsFor(places: number): number {
  return Math.min(MOST_BITS, Math.max(FEWEST_BITS, Math.ceil(Math.log2(places + 1))));
}

/** The grams of all needles, by hash, each with its needle and its place in there. */
export class NeedleIndex {
  readonly needles: Needles;
  /** So many bytes lie between the beginnings of two words that are looked at. */
  readonly step: number;
  /** One bit for each hash, set where a word with this hash may be a gram: few bytes, which stay in the fast caches. */
  readonly filter: Int32Array;
  /** A word's hash is `Math.imul(word, MULTIPLIER) >>> shift`. */
  readonly shift: number;
  readonly #listShift: number;
  /** The first entry of each list, plus one. */
  readonly #heads: Int32Array;
  readonly #keys: Int32Array;
  readonly #next: Int32Array;
  readonly #hasShort: boolean;
  readonly #needleOf: Int32Array;
  readonly #offsetOf: Int32Array;
  #entries = 0;

  constructor(needles: Needles) {
    this.needles = needles;
    const { starts, count } = needles;
    const lengths = Array.from({ length: count }, (_, i) => starts[i + 1]! - starts[i]!);
    this.step = lengths.every((length) => length >= windowOf(STEPS.long)) ? STEPS.long : STEPS.short;
    const short = lengths.filter((length) => length < windowOf(STEPS.short)).length;
    const room = count * this.step + short * ANY_BYTE;
    const bits = bitsFor(room * FILTER_PER_GRAM);
    this.shift = 32 - bits;
    this.filter = new Int32Array(1 << (bits - 5));
    const listBits = bitsFor(room * LISTS_PER_GRAM);
    this.#listShift = 32 - listBits;
    this.#heads = new Int32Array(1 << listBits);
    [this.#keys, this.#next, this.#needleOf, this.#offsetOf] = [room, room, room, room].map(
      (length) => new Int32Array(length),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array];
    this.#hasShort = lengths.some((length) => length < SHORTEST_PAIRED);
    for (let i = 0; i < count; i++) this.#addNeedle(i);
  }

  #addNeedle(needle: number): void {
    const { bytes, starts } = this.needles;
    const from = starts[needle]!;
    const to = starts[needle + 1]!;
    if (to - from < SHORTEST_INDEXED) throw new RangeError(`a needle of ${to - from} bytes`);
    const length = windowOf(this.step);
    if (to - from >= SHORTEST_PAIRED) {
      const window = windowStart(bytes, from, to, length + GRAM);
      for (let at = window; at < window + this.step; at++) {
        const gram = wordAt(bytes, at);
        this.#add(gram, pairOf(gram, wordAt(bytes, at + GRAM)), needle, at - from);
      }
    } else if (to - from >= length) {
      const window = windowStart(bytes, from, to, length);
      for (let at = window; at < window + this.step; at++)
        this.#addShort(wordAt(bytes, at), needle, at - from);
    } else {
      let at = from;
      for (; at + GRAM <= to; at++) this.#addShort(wordAt(bytes, at), needle, at - from);
      for (let byte = 0; byte < ANY_BYTE; byte++) {
        this.#addShort(word(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, byte), needle, at - from);
      }
    }
  }

  #addShort(gram: number, needle: number, offset: number): void {
    this.#add(gram, gram, needle, offset);
  }

  #add(gram: number, key: number, needle: number, offset: number): void {
    const entry = this.#entries++;
    const hash = Math.imul(gram, MULTIPLIER) >>> this.shift;
    this.filter[hash >>> 5]! |= 1 << hash;
    const list = Math.imul(key, MULTIPLIER) >>> this.#listShift;
    this.#keys[entry] = key;
    this.#needleOf[entry] = needle;
    this.#offsetOf[entry] = offset;
    this.#next[entry] = this.#heads[list]!;
    this.#heads[list] = entry + 1;
  }

  /** Tells every needle that stands in the data with this gram at this place; by its beginning and its end. */
  find(data: Uint8Array, at: number, gram: number, found: (from: number, to: number) => void): void {
    if (this.#hasShort) this.#findListed(data, at, gram, found);
    if (at + 2 * GRAM > data.length) return;
    this.#findListed(data, at, pairOf(gram, wordAt(data, at + GRAM)), found);
  }

  #findListed(data: Uint8Array, at: number, key: number, found: (from: number, to: number) => void): void {
    const { bytes, starts } = this.needles;
    const list = Math.imul(key, MULTIPLIER) >>> this.#listShift;
    for (let entry = this.#heads[list]! - 1; entry >= 0; entry = this.#next[entry]! - 1) {
      if (this.#keys[entry] !== key) continue;
      const needle = this.#needleOf[entry]!;
      const start = starts[needle]!;
      const from = at - this.#offsetOf[entry]!;
      const to = from + starts[needle + 1]! - start;
      if (from < 0 || to > data.length) continue;
      let same = from;
      while (same < to && data[same] === bytes[start + same - from]) same++;
      if (same === to) found(from, to);
    }
  }
}

/** The last bytes of data, fewer than four, as a word whose missing bytes are zero. */
export function partialWord(data: Uint8Array, at: number): number {
  return word(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, 0);
}
