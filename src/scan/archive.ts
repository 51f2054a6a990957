/**
 * What is in an archive, and in the archives in it, known by their content. Depth, count and size are limited, so that
 * a small file can't fill the memory; whatever is not opened is named.
 */
import { gunzipSync } from "node:zlib";
import { isTar, tarFiles } from "./archive-tar.ts";
import { endsAsZip, isZip, zipFiles } from "./archive-zip.ts";

export interface ArchiveLimits {
  readonly depth: number;
  /** Of all levels together. */
  readonly files: number;
  /** Bytes of one file, unpacked. */
  readonly fileBytes: number;
  /** Bytes of all levels together, unpacked. */
  readonly bytes: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  depth: 4,
  files: 100_000,
  fileBytes: 128 * 1024 * 1024,
  bytes: 1024 * 1024 * 1024,
};

/** A file in an archive; `why` where it was not opened. */
export type Unpacked =
  | { readonly path: string; readonly data: Buffer; readonly why?: never }
  | { readonly path: string; readonly data?: never; readonly why: string };

const GZIP = 0x1f8b;

function isGzip(data: Buffer): boolean {
  return data.length > 18 && data.readUInt16BE(0) === GZIP;
}

/** First bytes, as hexadecimal digits, of what is told and not opened. */
const UNOPENED: readonly (readonly [string, string])[] = [
  ["fd377a585a00", "xz"],
  ["28b52ffd", "Zstandard"],
  ["425a683[1-9]314159265359", "bzip2"],
  ["377abcaf271c", "7-Zip"],
  ["526172211a07", "RAR"],
];

function packedBy(data: Buffer): string | undefined {
  const first = data.toString("hex", 0, 10);
  return UNOPENED.find(([bytes]) => new RegExp(`^${bytes}`).test(first))?.[1];
}

/** True for bytes that {@link unpack} takes apart, or names as packed. */
function isArchive(data: Buffer): boolean {
  return isGzip(data) || isZip(data) || isTar(data) || packedBy(data) !== undefined;
}

/** The same by the first bytes of a file (a thousand tell) and its last {@link ZIP_TAIL_BYTES}. */
export function looksArchived(head: Buffer, tail: Buffer): boolean {
  return isArchive(head) || endsAsZip(tail);
}

/** zlib's own words for too much, and for damage. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return "unpacked it is larger than the limit";
  if (error instanceof RangeError || ("code" in error && String(error.code).startsWith("Z_"))) {
    return error instanceof RangeError && "code" in error ? "the archive is cut or damaged" : error.message;
  }
  throw error;
}

class Unpacker {
  readonly #limits: ArchiveLimits;
  #files = 0;
  #bytes = 0;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  #room(): number {
    return Math.min(this.#limits.fileBytes, this.#limits.bytes - this.#bytes);
  }

  /** Where the limits of the whole archive are reached, nothing more is opened. */
  #isFull(): boolean {
    return this.#files >= this.#limits.files || this.#room() <= 0;
  }

  *#found(path: string, open: () => Buffer, depth: number): Generator<Unpacked> {
    if (this.#isFull()) return;
    this.#files++;
    let data: Buffer;
    try {
      data = open();
    } catch (error) {
      yield { path, why: whyOf(error) };
      return;
    }
    this.#bytes += data.length;
    if (!isArchive(data)) yield { path, data };
    else if (depth >= this.#limits.depth)
      yield { path, why: `archives in archives, more than ${depth} deep` };
    else yield* this.open(path, data, depth + 1);
  }

  *open(path: string, data: Buffer, depth: number): Generator<Unpacked> {
    const packed = packedBy(data);
    if (packed) {
      yield { path, why: `it is packed by ${packed}, which is not opened` };
      return;
    }
    try {
      if (isGzip(data)) {
        const open = () => gunzipSync(data, { maxOutputLength: this.#room() });
        yield* this.#found(path, open, depth);
      } else if (isZip(data)) {
        for (const file of zipFiles(data)) {
          const named = file.path === "" ? path : `${path}!${file.path}`;
          yield* this.#found(named, () => file.open(this.#room()), depth);
        }
      } else {
        for (const file of tarFiles(data)) yield* this.#found(`${path}!${file.path}`, file.open, depth);
      }
      if (depth === 1 && this.#isFull()) yield { path, why: "unpacked it is larger than the limit" };
    } catch (error) {
      yield { path, why: whyOf(error) };
    }
  }
}

/** The files of an archive, one at a time; those of inner archives in its place: `app.tgz!package/lib.zip!a.js`. */
export function unpack(path: string, data: Buffer, limits = ARCHIVE_LIMITS): Iterable<Unpacked> {
  return new Unpacker(limits).open(path, data, 1);
}
