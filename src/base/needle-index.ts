/**
 * An index over byte sequences (needles) that lets a search look at every fourth or eighth byte only, whatever their
 * number.
 *
 * The search steps through memory in aligned words of four bytes. Of each needle so many overlapping stretches of four
 * bytes (grams) are kept that, wherever the needle stands, one of them lies where the search looks: eight for those
 * that every second word is compared with, and four for the short ones (up to ten bytes), with which every word is.
 * Asking of each word whether it is a gram of any needle therefore misses none; this is the idea of Wu and Manber's
 * multi-pattern search (1994), with fixed steps. The index finds; what is searched and what a find means is
 * `secret-scanner.ts`.
 */
import { windowStart } from "./needle-window.ts";
import { bitsFor, MULTIPLIER, WordFilter } from "./word-filter.ts";

const GRAM = 4;
const STEPS = { short: GRAM, long: 2 * GRAM };

/** The bytes that all grams of a step cover together. */
function windowOf(step: number): number {
  return step + GRAM - 1;
}

/** From this length on a needle is known by its gram and the word behind that: many share one word, few share two. */
const SHORTEST_PAIRED = windowOf(STEPS.long) + GRAM;
const SHORTEST_LONG = windowOf(STEPS.long);
/** One byte less than a window of the short step: the last gram has any byte in its last place. */
export const SHORTEST_INDEXED = windowOf(STEPS.short) - 1;
const ANY_BYTE = 256;
const PAIR_MULTIPLIER = 0x85ebca6b | 0;
/**
 * Places in a filter for each gram: the more, the fewer foreign words pass. The forms of one secret share most of their
 * grams, so that hardly one place in twenty is set. The filter of all grams, asked the most, is kept small: caches are.
 */
const FILTER_PER_GRAM = 4;
const PAIRED_PER_GRAM = 8;
const SINGLE_PER_GRAM = 64;
const LISTS_PER_GRAM = 1;

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

/** Two words as one: the key of longer needles. */
export function pairOf(gram: number, next: number): number {
  return gram ^ Math.imul(next, PAIR_MULTIPLIER);
}

/** How many grams there will be, by length of their needles. */
function countGrams({ starts, count }: Needles): { readonly single: number; readonly all: number } {
  let [single, all] = [0, 0];
  for (let i = 0; i < count; i++) {
    const length = starts[i + 1]! - starts[i]!;
    if (length < SHORTEST_INDEXED) throw new RangeError(`a needle of ${length} bytes`);
    const grams = length > SHORTEST_INDEXED ? STEPS.long : STEPS.short + ANY_BYTE;
    all += grams;
    if (length < SHORTEST_PAIRED) single += grams;
  }
  return { single, all };
}

/** The grams of all needles, by hash, each with its needle and its place in there. */
export class NeedleIndex {
  readonly needles: Needles;
  /** Every second word has to be compared with this: the grams of all needles. */
  readonly filter: WordFilter;
  /** The words between have to be compared with this: grams of the needles that are known by one word. */
  readonly single: WordFilter;
  /** Whether there are needles so short that the words between have to be looked at. */
  hasShort = false;
  /** Grams of longer needles with the words behind them, as {@link pairOf} makes one of two. */
  readonly paired: WordFilter;
  readonly #listShift: number;
  /** The first entry of each list, plus one. */
  readonly #heads: Int32Array;
  readonly #keys: Int32Array;
  readonly #next: Int32Array;
  readonly #needleOf: Int32Array;
  readonly #offsetOf: Int32Array;
  #entries = 0;

  /** @param needles of at least {@link SHORTEST_INDEXED} bytes each */
  constructor(needles: Needles) {
    this.needles = needles;
    const { single, all } = countGrams(needles);
    this.filter = new WordFilter(all * FILTER_PER_GRAM);
    this.single = new WordFilter(single * SINGLE_PER_GRAM);
    this.paired = new WordFilter((all - single) * PAIRED_PER_GRAM);
    const listBits = bitsFor(all * LISTS_PER_GRAM);
    this.#listShift = 32 - listBits;
    this.#heads = new Int32Array(1 << listBits);
    [this.#keys, this.#next, this.#needleOf, this.#offsetOf] = [all, all, all, all].map(
      (length) => new Int32Array(length),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array];
    for (let i = 0; i < needles.count; i++) this.#addNeedle(i);
  }

  #addNeedle(needle: number): void {
    const { bytes, starts } = this.needles;
    const from = starts[needle]!;
    const to = starts[needle + 1]!;
    if (to - from >= SHORTEST_PAIRED) {
      const window = windowStart(bytes, from, to, SHORTEST_PAIRED);
      for (let at = window; at < window + STEPS.long; at++) {
        const gram = wordAt(bytes, at);
        const pair = pairOf(gram, wordAt(bytes, at + GRAM));
        this.filter.add(gram);
        this.paired.add(pair);
        this.#add(pair, needle, at - from);
      }
      return;
    }
    const step = to - from >= SHORTEST_LONG ? STEPS.long : STEPS.short;
    this.hasShort ||= step === STEPS.short;
    if (to - from === SHORTEST_INDEXED) this.#addOpen(needle, from, to);
    else {
      const window = windowStart(bytes, from, to, windowOf(step));
      for (let at = window; at < window + step; at++) this.#addSingle(wordAt(bytes, at), needle, at - from);
    }
  }

  /** A needle that is one byte too short: each byte that may stand behind it has a gram of its own. */
  #addOpen(needle: number, from: number, to: number): void {
    const { bytes } = this.needles;
    for (let at = from; at + GRAM <= to; at++) this.#addSingle(wordAt(bytes, at), needle, at - from);
    const last = to - GRAM + 1;
    for (let byte = 0; byte < ANY_BYTE; byte++) {
      const gram = word(bytes[last]!, bytes[last + 1]!, bytes[last + 2]!, byte);
      this.#addSingle(gram, needle, last - from);
    }
  }

  #addSingle(gram: number, needle: number, offset: number): void {
    this.filter.add(gram);
    this.single.add(gram);
    this.#add(gram, needle, offset);
  }

  #add(key: number, needle: number, offset: number): void {
    const entry = this.#entries++;
    const list = Math.imul(key, MULTIPLIER) >>> this.#listShift;
    this.#keys[entry] = key;
    this.#needleOf[entry] = needle;
    this.#offsetOf[entry] = offset;
    this.#next[entry] = this.#heads[list]!;
    this.#heads[list] = entry + 1;
  }

  /** Tells every needle that stands in the data with this gram at this place; by its beginning and its end. */
  find(data: Uint8Array, at: number, gram: number, found: (from: number, to: number) => void): void {
    if (this.single.has(gram)) this.#findListed(data, at, gram, found);
    if (at + 2 * GRAM > data.length) return;
    const pair = pairOf(gram, wordAt(data, at + GRAM));
    if (this.paired.has(pair)) this.#findListed(data, at, pair, found);
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
