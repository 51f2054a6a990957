/** The beginnings of byte sequences (needles): does data end inside one of them? */
import type { Needles } from "./needle-index.ts";
import { WordFilter } from "./word-filter.ts";

const FILTER_BITS = 2 ** 16;
/** Many secrets begin alike (`https://…`): a needle that is as long has to agree in four bytes from here on as well. */
const FAR = 12;
/** A needle's number stands in the lower bits of its key. */
const NUMBERS = 2 ** 20;

/** The first four bytes as a number that sorts as they do. */
function headOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** The first one to three bytes as a head whose other bytes are zero. */
function partialHeadOf(bytes: Uint8Array, at: number, length: number): number {
  let head = 0;
  for (let i = 0; i < length; i++) head |= bytes[at + i]! << (24 - 8 * i);
  return head >>> 0;
}

/** What stands for a partial head in the filter: one that is longer by a zero byte is another. */
function partialKey(head: number, length: number): number {
  return head | length;
}

/** All needles by their first four bytes. */
export class NeedleHeads {
  readonly #needles: Needles;
  /** For each needle its first four bytes, then its number; sorted. Numbers sort without a call for each pair. */
  readonly #keys: Float64Array;
  readonly #filter = new WordFilter(FILTER_BITS - 1);
  readonly #farFilter = new WordFilter(FILTER_BITS - 1);
  readonly #partialFilter = new WordFilter(FILTER_BITS - 1);

  /** @param needles no more than a million of them */
  constructor(needles: Needles) {
    const { bytes, starts, count } = needles;
    if (count > NUMBERS) throw new RangeError(`${count} needles`);
    this.#needles = needles;
    this.#keys = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const head = headOf(bytes, starts[i]!);
      this.#keys[i] = head * NUMBERS + i;
      this.#filter.add(head);
      for (let length = 1; length < 4; length++)
        this.#partialFilter.add(partialKey(partialHeadOf(bytes, starts[i]!, length), length));
      if (starts[i]! + FAR + 4 <= starts[i + 1]!) this.#farFilter.add(headOf(bytes, starts[i]! + FAR));
    }
    this.#keys.sort();
  }

  /** The first place from which on the rest of the data begins a longer needle; the data's length for none. */
  undecidedFrom(data: Uint8Array): number {
    let at = Math.max(0, data.length - this.#needles.longest + 1);
    for (; at + 4 <= data.length; at++) {
      const head = headOf(data, at);
      if (this.#filter.has(head) && this.#beginsNeedle(data, at, head)) return at;
    }
    for (; at < data.length; at++) if (this.#beginsHead(data, at)) return at;
    return data.length;
  }

  /** The place of the first key that is not below a head. */
  #firstFrom(head: number): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < head * NUMBERS) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether fewer than four bytes begin a needle. */
  #beginsHead(data: Uint8Array, at: number): boolean {
    const rest = data.length - at;
    const least = partialHeadOf(data, at, rest);
    if (!this.#partialFilter.has(partialKey(least, rest))) return false;
    const key = this.#keys[this.#firstFrom(least)];
    return key !== undefined && key < (least + 2 ** (8 * (4 - rest))) * NUMBERS;
  }

  #beginsNeedle(data: Uint8Array, at: number, head: number): boolean {
    const { bytes, starts } = this.#needles;
    const rest = data.length - at;
    if (rest >= FAR + 4 && !this.#farFilter.has(headOf(data, at + FAR))) return false;
    for (let i = this.#firstFrom(head); i < this.#keys.length; i++) {
      const needle = this.#keys[i]! - head * NUMBERS;
      if (needle >= NUMBERS) return false;
      const start = starts[needle]!;
      if (starts[needle + 1]! - start <= rest) continue;
      let same = 4;
      while (same < rest && data[at + same] === bytes[start + same]) same++;
      if (same === rest) return true;
    }
    return false;
  }
}
