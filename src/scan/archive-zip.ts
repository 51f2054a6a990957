/** The files of a ZIP archive (APPNOTE 6.3), in memory: stored and deflated ones, by the central directory. */
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const END_SIGN = Buffer.from("PK\x05\x06", "latin1");
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END64 = 0x06064b50;
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR64_BYTES = 20;
const ENTRY_BYTES = 46;
const LONGEST_COMMENT = 65_535;
/** In so many bytes at the end of a file stands what tells a ZIP archive with something before it. */
export const ZIP_TAIL_BYTES = END_BYTES + LONGEST_COMMENT;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** In this place the real number stands in a ZIP64 record. */
const ELSEWHERE = 0xffffffff;

export interface ZippedFile {
  /** Empty for what stands before the archive. */
  readonly path: string;
  /** @throws RangeError, or the error of zlib, for more than the limit and for what can't be opened */
  open(limit: number): Buffer;
}

/** Starts with a file: an archive by its first bytes. */
function beginsWithFile(data: Buffer): boolean {
  return data.length > END_BYTES && data.readUInt32LE(0) === LOCAL;
}

/** True where a directory that has files ends just there, as in a program with its archive behind it. */
export function endsAsZip(tail: Buffer): boolean {
  for (let to = tail.length - END_BYTES; to >= 0; ) {
    const at = tail.lastIndexOf(END_SIGN, to);
    if (at < 0) return false;
    const isWhole = at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    if (isWhole && tail.readUInt16LE(at + 10) > 0) return true;
    to = at - 1;
  }
  return false;
}

export function isZip(data: Buffer): boolean {
  return beginsWithFile(data) || endsAsZip(data.subarray(-ZIP_TAIL_BYTES));
}

function endOf(data: Buffer): number {
  const first = Math.max(0, data.length - ZIP_TAIL_BYTES);
  for (let at = data.length - END_BYTES; at >= first; at--) if (data.readUInt32LE(at) === END) return at;
  throw new RangeError("the archive has no directory");
}

interface Directory {
  readonly from: number;
  readonly to: number;
  /** The number of files, or only its last 16 bits. */
  readonly count: number;
  /** Bytes before the archive, which its own offsets don't count. */
  readonly shift: number;
}

function directoryOf(data: Buffer): Directory {
  const end = endOf(data);
  const count = data.readUInt16LE(end + 10);
  let size = data.readUInt32LE(end + 12);
  let offset = data.readUInt32LE(end + 16);
  let to = end;
  const wide = end - LOCATOR64_BYTES - END64_BYTES;
  if (wide >= 0 && data.readUInt32LE(wide) === END64) {
    size = Number(data.readBigUInt64LE(wide + 40));
    offset = Number(data.readBigUInt64LE(wide + 48));
    to = wide;
  }
  const shift = to - size - offset;
  if (shift < 0) throw new RangeError("the archive is cut or damaged");
  return { from: to - size, to, count, shift };
}

function contentOf(data: Buffer, at: number, shift: number, limit: number): Buffer {
  const method = data.readUInt16LE(at + 10);
  const size = data.readUInt32LE(at + 20);
  const header = data.readUInt32LE(at + 42);
  if (data.readUInt16LE(at + 8) & ENCRYPTED) throw new RangeError("it is encrypted");
  if (size === ELSEWHERE || header === ELSEWHERE) throw new RangeError("it is larger than 4 GiB");
  const local = header + shift;
  const from = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
  const packed = data.subarray(from, from + size);
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: limit });
  throw new RangeError(`it is packed by method ${method}`);
}

/** @throws RangeError for an archive that is cut or damaged */
export function* zipFiles(data: Buffer): Iterable<ZippedFile> {
  const { from, to, count, shift } = directoryOf(data);
  // What stands before it is a program's own text, or a script's.
  if (shift > 0) yield { path: "", open: () => data.subarray(0, shift) };
  let files = 0;
  for (let at = from; at < to; files++) {
    if (data.readUInt32LE(at) !== ENTRY) throw new RangeError("the archive's directory is damaged");
    const nameLength = data.readUInt16LE(at + 28);
    const path = data.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
    const entry = at;
    if (!path.endsWith("/")) yield { path, open: (limit) => contentOf(data, entry, shift, limit) };
    at += ENTRY_BYTES + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  if (files < count) throw new RangeError("the archive's directory has fewer files than it says");
}
