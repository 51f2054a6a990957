/** The files of a tar archive (POSIX.1-2001 pax and the old GNU form), in memory. Only what a reader of contents needs. */

const BLOCK = 512;
const ZEROS = Buffer.alloc(BLOCK);
/** A plain file, as POSIX and older ones write it, and one in a row. */
const FILES = ["0", "\0", "7"];
/** Say something of the next entry, or of all: pax headers, long names of files and of what links lead to. */
const HEADERS = ["x", "g", "L", "K"];

export interface ArchivedFile {
  readonly path: string;
  /** @throws RangeError for what is no plain file and yet has content, as a sparse file */
  open(): Buffer;
}

function isZero(data: Buffer): boolean {
  return data.equals(ZEROS.subarray(0, data.length));
}

function opened(content: Buffer, type: string): Buffer {
  if (FILES.includes(type)) return content;
  throw new RangeError(`an entry of the type ${JSON.stringify(type)} is not opened`);
}

function textAt(data: Buffer, from: number, length: number): string {
  const field = data.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}

/** Octal text, or with the highest bit set a number in base 256. */
function numberAt(data: Buffer, from: number, length: number): number {
  if ((data[from]! & 0x80) === 0) return Number.parseInt(textAt(data, from, length).trim() || "0", 8);
  return Number(BigInt(`0x${data.toString("hex", from, from + length)}`) & ((1n << 95n) - 1n));
}

/** The `path` of a pax header: records of `length key=value` and a line end. */
function paxPath(records: Buffer): string | undefined {
  for (let at = 0; at < records.length; ) {
    const length = Number.parseInt(records.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) return undefined;
    const [, path] = / path=([^\n]*)\n$/s.exec(records.toString("utf8", at, at + length)) ?? [];
    if (path !== undefined) return path;
    at += length;
  }
  return undefined;
}

function nameIn(header: Buffer): string {
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? textAt(header, 345, 155) : "";
  const name = textAt(header, 0, 100);
  return prefix ? `${prefix}/${name}` : name;
}

export function isTar(data: Buffer): boolean {
  return data.length > BLOCK && data.toString("latin1", 257, 262) === "ustar";
}

/** All entries, also of archives behind the first. @throws RangeError for an archive that is cut or damaged */
export function* tarFiles(data: Buffer): Iterable<ArchivedFile> {
  let longName: string | undefined;
  for (let at = 0; at < data.length; ) {
    const header = data.subarray(at, at + BLOCK);
    // Two of them end an archive, and another may follow.
    if (isZero(header)) {
      at += BLOCK;
      continue;
    }
    const size = header.length < BLOCK ? Number.NaN : numberAt(header, 124, 12);
    const from = at + BLOCK;
    if (!(size >= 0) || from + size > data.length) throw new RangeError("the archive is cut or damaged");
    const content = data.subarray(from, from + size);
    const type = String.fromCharCode(header[156]!);
    if (type === "x") longName = paxPath(content) ?? longName;
    else if (type === "L") longName = textAt(content, 0, size);
    else if (!HEADERS.includes(type)) {
      if (FILES.includes(type) || size > 0) {
        yield { path: longName ?? nameIn(header), open: () => opened(content, type) };
      }
      longName = undefined;
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
}
