/** The files of a tar archive (POSIX.1-2001 pax and the old GNU form), in memory. Only what a reader of contents needs. */

const BLOCK = 512;

export interface ArchivedFile {
  readonly path: string;
  readonly data: Buffer;
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

export function isTar(data: Buffer): boolean {
  return data.length > BLOCK && data.toString("latin1", 257, 262) === "ustar";
}

/** @throws RangeError for an archive that is cut or damaged */
export function* tarFiles(data: Buffer): Iterable<ArchivedFile> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= data.length && data[at] !== 0; ) {
    const size = numberAt(data, at + 124, 12);
    const from = at + BLOCK;
    if (!(size >= 0) || from + size > data.length) throw new RangeError("the archive is cut or damaged");
    const content = data.subarray(from, from + size);
    const type = String.fromCharCode(data[at + 156]!);
    const prefix =
      data.toString("latin1", at + 257, at + 263) === "ustar\0" ? textAt(data, at + 345, 155) : "";
    const name = textAt(data, at, 100);
    if (type === "x") longName = paxPath(content) ?? longName;
    else if (type === "L") longName = textAt(content, 0, size);
    else {
      if (type === "0" || type === "\0" || type === "7") {
        yield { path: longName ?? (prefix ? `${prefix}/${name}` : name), data: content };
      }
      if (type !== "g") longName = undefined;
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
}
