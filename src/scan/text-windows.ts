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

/** Line and column, both from 1, of an offset in a window. */
export function placeIn(
  window: TextWindow,
  offset: number,
): { readonly line: number; readonly column: number } {
  const { lines, units } = after(window, window.data.subarray(0, offset));
  return { line: lines + 1, column: units + 1 };
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

const UTF16: Readonly<Record<string, string>> = { fffe: "utf-16le", feff: "utf-16be" };

/** The stream in UTF-8, where a byte order mark says that it is UTF-16; else as it is. */
export async function* inUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const encoding = first ? UTF16[chunk.toString("hex", 0, 2)] : undefined;
    if (encoding) decoder = new TextDecoder(encoding);
    first = false;
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  }
  if (decoder) yield Buffer.from(decoder.decode());
}
