/**
 * A stream of bytes cut into windows that overlap, so that a text of any size is searched in bounded memory. Every
 * position belongs to one window, in which enough stands before and behind it.
 */
import { isUtf8 } from "node:buffer";

export interface WindowSizes {
  readonly size: number;
  /** Half of it stands around every position: what is longer may be missed where it is cut. */
  readonly overlap: number;
}

export interface TextWindow {
  readonly data: Buffer;
  /** What begins in here belongs to this window: offsets in the data. */
  readonly own: { readonly from: number; readonly to: number };
  /** Where the data begins in the whole text: lines before it, and UTF-16 units of its line before it. */
  readonly lines: number;
  readonly units: number;
}

/** The longest beginning that ends with a whole character of UTF-8. */
function wholeLength(data: Buffer): number {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back]!;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needed ? data.length - back : data.length;
    }
    if (byte < 0x80) break;
  }
  return data.length;
}

/** The text of bytes: UTF-8, or else every byte a character, so that places can be told in any of them. */
export function decoded(data: Buffer): string {
  return data.toString(isUtf8(data) ? "utf8" : "latin1");
}

function unitsOf(data: Buffer): number {
  return decoded(data).length;
}

function countLines(data: Buffer): number {
  let lines = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines++;
  return lines;
}

/** Lines and units before what follows the data. */
function after({ lines, units }: Pick<TextWindow, "lines" | "units">, data: Buffer) {
  const last = data.lastIndexOf(10);
  if (last < 0) return { lines, units: units + unitsOf(data) };
  return { lines: lines + countLines(data), units: unitsOf(data.subarray(last + 1)) };
}

/**
 * Line and column, both from 1, of offsets in a window, one after the other: each counts on from the one before it, so
 * that many places cost no more than the window.
 */
export class PlaceCount {
  readonly #data: Buffer;
  #at = 0;
  #lines: number;
  /** Units of the line before the window, of the line up to here, and where it begins in the window. */
  #before: number;
  #units = 0;
  #lineStart = 0;
  #isText = true;

  constructor({ data, lines, units }: TextWindow) {
    this.#data = data;
    this.#lines = lines;
    this.#before = units;
  }

  /** @param offset where a character begins, none that is less than the one before */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const passed = this.#data.subarray(this.#at, offset);
    const newline = passed.lastIndexOf(10);
    if (newline >= 0) {
      this.#lines += countLines(passed);
      this.#lineStart = this.#at + newline + 1;
      this.#before = 0;
      this.#units = 0;
      this.#isText = true;
    }
    const more = passed.subarray(newline + 1);
    this.#isText &&= isUtf8(more);
    this.#at = offset;
    // A line with other bytes is counted in bytes from where it begins.
    this.#units = this.#isText ? this.#units + more.toString().length : offset - this.#lineStart;
    return { line: this.#lines + 1, column: this.#before + this.#units + 1 };
  }
}

export async function* windowsOf(
  chunks: AsyncIterable<Buffer>,
  { size, overlap }: WindowSizes,
): AsyncGenerator<TextWindow> {
  let parts: Buffer[] = [];
  let length = 0;
  let from = 0;
  let start = { lines: 0, units: 0 };
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    const all = Buffer.concat(parts);
    const data = all.subarray(0, wholeLength(all));
    const kept = wholeLength(data.subarray(0, data.length - overlap));
    const to = kept + overlap / 2;
    yield { data, own: { from, to }, ...start };
    start = after(start, data.subarray(0, kept));
    parts = [all.subarray(kept)];
    length = all.length - kept;
    from = to - kept;
  }
  const data = Buffer.concat(parts);
  yield { data, own: { from, to: data.length + 1 }, ...start };
}

const MARK_BYTES = 2;
const UTF16: Readonly<Record<string, string>> = { fffe: "utf-16le", feff: "utf-16be" };

/** The stream in UTF-8, where a byte order mark says that it is UTF-16; else as it is. */
export async function* inUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let data = chunk;
    if (first) {
      first = data = Buffer.concat([first, chunk]);
      // The mark may come in two pieces.
      if (first.length < MARK_BYTES) continue;
      const encoding = UTF16[first.toString("hex", 0, MARK_BYTES)];
      if (encoding) decoder = new TextDecoder(encoding);
      first = undefined;
    }
    yield decoder ? Buffer.from(decoder.decode(data, { stream: true })) : data;
  }
  if (first) yield first;
  if (decoder) yield Buffer.from(decoder.decode());
}
