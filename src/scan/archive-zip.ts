/** The files of a ZIP archive (APPNOTE 6.3), in memory: stored and deflated ones, by the central directory. */
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LONGEST_COMMENT = 65_535;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** In this place the real number stands in a ZIP64 record. */
const ELSEWHERE = 0xffffffff;

export interface ZippedFile {
  readonly path: string;
  /** @throws RangeError, or the error of zlib, for more than the limit and for what can't be opened */
  open(limit: number): Buffer;
}

export function isZip(data: Buffer): boolean {
  return data.length > END_BYTES && data.readUInt32LE(0) === 0x04034b50;
}

function endOf(data: Buffer): number {
  const first = Math.max(0, data.length - END_BYTES - LONGEST_COMMENT);
  for (let at = data.length - END_BYTES; at >= first; at--) if (data.readUInt32LE(at) === END) return at;
  throw new RangeError("the archive has no directory");
}

function contentOf(data: Buffer, at: number, limit: number): Buffer {
  const method = data.readUInt16LE(at + 10);
  const size = data.readUInt32LE(at + 20);
  const header = data.readUInt32LE(at + 42);
  if (data.readUInt16LE(at + 8) & ENCRYPTED) throw new RangeError("it is encrypted");
  if (size === ELSEWHERE || header === ELSEWHERE) throw new RangeError("it is larger than 4 GiB");
  const from = header + 30 + data.readUInt16LE(header + 26) + data.readUInt16LE(header + 28);
  const packed = data.subarray(from, from + size);
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: limit });
  throw new RangeError(`it is packed by method ${method}`);
}

/** @throws RangeError for an archive that is cut or damaged */
export function* zipFiles(data: Buffer): Iterable<ZippedFile> {
  const end = endOf(data);
  let at = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left--) {
    if (data.readUInt32LE(at) !== ENTRY) throw new RangeError("the archive's directory is damaged");
    const nameLength = data.readUInt16LE(at + 28);
    const path = data.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
    const entry = at;
    if (!path.endsWith("/")) yield { path, open: (limit) => contentOf(data, entry, limit) };
    at += ENTRY_BYTES + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
}
