/**
 * What is in an archive, and in the archives in it, known by their content. Depth, count and size are limited, so that
 * a small file can't fill the memory; whatever is not opened is named.
 */
import { gunzipSync } from "node:zlib";
import { isTar, tarFiles } from "./archive-tar.ts";
import { isZip, zipFiles } from "./archive-zip.ts";

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

/** True for bytes that {@link unpack} takes apart. */
export function isArchive(data: Buffer): boolean {
  return isGzip(data) || isZip(data) || isTar(data);
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
    try {
      if (isGzip(data)) {
        const open = () => gunzipSync(data, { maxOutputLength: this.#room() });
        yield* this.#found(path, open, depth);
      } else if (isZip(data)) {
        for (const file of zipFiles(data)) {
          yield* this.#found(`${path}!${file.path}`, () => file.open(this.#room()), depth);
        }
      } else {
        for (const file of tarFiles(data)) yield* this.#found(`${path}!${file.path}`, () => file.data, depth);
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
