/**
 * Finds known byte sequences in a stream of bytes, in one pass whose cost hardly grows with their number.
 * It holds the search only; which sequences are secret and what replaces them is the caller's (`redact.ts`).
 */
import { NeedleHeads } from "./needle-heads.ts";
import { joinNeedles, NeedleIndex, pairOf, partialWord, SHORTEST_INDEXED } from "./needle-index.ts";
import { MULTIPLIER } from "./word-filter.ts";

/** A stretch of bytes that belongs to one or more needles. */
export interface FoundRange {
  readonly from: number;
  readonly to: number;
  /** It goes on from the data before, where it was masked already. */
  readonly continued: boolean;
}

/** What a scan found. */
export interface ScanResult {
  /** In order and apart from each other, within the decided part. */
  readonly ranges: readonly FoundRange[];
  /** Bytes from here on may be the beginning of a needle; the length of the data when nothing is undecided. */
  readonly decided: number;
  /** How many of the undecided bytes belong to the last range already. */
  readonly covered: number;
}

export interface Scanner {
  /**
   * @param last true when no byte will follow: nothing is left undecided.
   * @param covered what the scan before said, when the data begins with its undecided bytes; else 0.
   */
  scan(data: Uint8Array, last: boolean, covered: number): ScanResult;
}

interface Found {
  readonly from: number;
  readonly to: number;
}

const NO_WORDS = new Int32Array(0);
/** So many words are looked at in one turn. */
const TURN = 4;
/** So many turns are gone through before those with a word that passed are looked at closer. */
const BATCH = 1_024;
const possible = new Int32Array(BATCH);
const likely = new Int32Array(BATCH * TURN);

/**
 * Which of the next turns have a word that passes the filters: where they begin, in {@link possible}. One in ten does,
 * unforeseeably: every place is written, and counted only when it passes, for a branch would cost more.
 *
 * @param to whole turns behind `from`
 * @returns how many
 */
function collectPossible(words: Int32Array, index: NeedleIndex, from: number, to: number): number {
  const { places, shift } = index.filter;
  const { places: single, shift: singleShift } = index.single;
  let count = 0;
  if (index.hasShort) {
    for (let i = from; i < to; i += TURN) {
      possible[count] = i;
      count +=
        places[Math.imul(words[i]!, MULTIPLIER) >>> shift]! |
        single[Math.imul(words[i + 1]!, MULTIPLIER) >>> singleShift]! |
        places[Math.imul(words[i + 2]!, MULTIPLIER) >>> shift]! |
        single[Math.imul(words[i + 3]!, MULTIPLIER) >>> singleShift]!;
    }
    return count;
  }
  for (let i = from; i < to; i += TURN) {
    possible[count] = i;
    count +=
      places[Math.imul(words[i]!, MULTIPLIER) >>> shift]! |
      places[Math.imul(words[i + 2]!, MULTIPLIER) >>> shift]!;
  }
  return count;
}

/**
 * Which words of the turns in {@link possible} are a gram together with what stands behind them, or a gram of a needle
 * that is known by one word: their places in {@link likely}.
 */
function collectLikely(words: Int32Array, index: NeedleIndex, among: number): number {
  const { places, shift } = index.paired;
  const { places: single, shift: singleShift } = index.single;
  let count = 0;
  for (let k = 0; k < among; k++) {
    for (let i = possible[k]!, end = i + TURN; i < end; i += 2) {
      const gram = words[i]!;
      const next = words[i + 1]!;
      likely[count] = i;
      count +=
        places[Math.imul(pairOf(gram, next), MULTIPLIER) >>> shift]! |
        single[Math.imul(gram, MULTIPLIER) >>> singleShift]!;
      likely[count] = i + 1;
      count += single[Math.imul(next, MULTIPLIER) >>> singleShift]!;
    }
  }
  return count;
}

/** Looks for one needle after the other. */
function findEach(needles: readonly Uint8Array[], data: Uint8Array, all: Found[]): void {
  if (needles.length === 0) return;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      all.push({ from: at, to: at + needle.length });
    }
  }
}

/** Every needle of the index in the data, in no order. */
function findIndexed(index: NeedleIndex, data: Uint8Array, all: Found[]): void {
  const found = (from: number, to: number) => void all.push({ from, to });
  const before = -data.byteOffset & 3;
  const count = Math.max(0, data.length - before) >> 2;
  const words = count > 0 ? new Int32Array(data.buffer, data.byteOffset + before, count) : NO_WORDS;
  const whole = count - (count % TURN);
  for (let from = 0; from < whole; from += BATCH * TURN) {
    const to = Math.min(whole, from + BATCH * TURN);
    const some = collectLikely(words, index, collectPossible(words, index, from, to));
    for (let k = 0; k < some; k++) {
      const i = likely[k]!;
      index.find(data, before + 4 * i, words[i]!, found);
    }
  }
  for (let i = whole; i < count; i++) index.find(data, before + 4 * i, words[i]!, found);
  const rest = before + 4 * count;
  if (rest < data.length) index.find(data, rest, partialWord(data, rest), found);
}

/** What was found before `decided`, in order; what overlaps is one range, so that no part of any needle stays. */
function joined(all: Found[], covered: number, decided: number): ScanResult {
  const ranges: { from: number; to: number; continued: boolean }[] = [];
  if (covered > 0) ranges.push({ from: 0, to: covered, continued: true });
  for (const { from, to } of all.sort((a, b) => a.from - b.from)) {
    if (from >= decided) break;
    const open = ranges.at(-1);
    if (open && from < open.to) open.to = Math.max(open.to, to);
    else ranges.push({ from, to, continued: false });
  }
  const final = ranges.at(-1);
  const beyond = Math.max(0, (final?.to ?? 0) - decided);
  if (final) final.to -= beyond;
  return { ranges, decided, covered: beyond };
}

/** Up to so many searches, in so few bytes, one needle after the other costs less than making the index. */
const [FEW_SEARCHES, FEW_BYTES] = [10_000, 16_384];

/** Finds all needles, by whatever is the quickest. */
class NeedleSearch {
  readonly #texts: readonly string[];
  #needles: readonly Buffer[] | undefined;
  #searches = 0;
  #index: NeedleIndex | undefined;
  #short: readonly Buffer[] = [];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  findAll(data: Uint8Array): Found[] {
    const all: Found[] = [];
    this.#searches += this.#texts.length;
    if (!this.#index && this.#searches <= FEW_SEARCHES && data.length <= FEW_BYTES) {
      this.#needles ??= this.#texts.map((text) => Buffer.from(text));
      findEach(this.#needles, data, all);
      return all;
    }
    this.#index ??= this.#createIndex();
    findIndexed(this.#index, data, all);
    findEach(this.#short, data, all);
    return all;
  }

  #createIndex(): NeedleIndex {
    const isLong = (text: string) =>
      text.length >= SHORTEST_INDEXED || Buffer.byteLength(text) >= SHORTEST_INDEXED;
    this.#needles = undefined;
    this.#short = this.#texts.filter((text) => !isLong(text)).map((text) => Buffer.from(text));
    return new NeedleIndex(joinNeedles(this.#texts.filter(isLong)));
  }
}

/** A scanner for texts (needles), in UTF-8, of at least four bytes each. */
export function createScanner(texts: readonly string[]): Scanner {
  const needles = joinNeedles(texts);
  const search = new NeedleSearch(texts);
  let heads: NeedleHeads | undefined;
  return {
    scan(data, last, covered) {
      heads ??= last ? undefined : new NeedleHeads(needles);
      const decided = last ? data.length : heads!.undecidedFrom(data);
      return joined(search.findAll(data), covered, decided);
    },
  };
}
