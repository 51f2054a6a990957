/**
 * Known secret values and their encodings are replaced wherever text leaves us.
 * The set of known values belongs to the process: whoever opens a secret registers it here first.
 */
import { redactBy } from "./redaction.ts";
import { formsOf } from "./secret-forms.ts";
import { createScanner, type Scanner, type ScanResult } from "./secret-scanner.ts";

export { redact } from "./redaction.ts";
export { encodingsOf } from "./secret-forms.ts";

const MASK = Buffer.from("[secret]");
const NOTHING = Buffer.alloc(0);

const values = new Set<string>();
let scanner: Scanner | undefined;

/** Registers a secret value: from now on it appears in no error, log, answer or scrubbed output of this process. */
export function rememberSecret(value: string): void {
  if (values.has(value)) return;
  values.add(value);
  scanner = undefined;
  redactBy(withoutSecrets);
}

/** Forms and index are made when there is something to search: many processes never write a word. */
function currentScanner(): Scanner | undefined {
  if (scanner || values.size === 0) return scanner;
  const needles = new Set<string>();
  for (const value of values) {
    for (const form of formsOf(value)) needles.add(form);
  }
  scanner = createScanner([...needles]);
  return scanner;
}

/** The decided part of the data with every found range masked. */
function masked(data: Buffer, { ranges, decided }: ScanResult): Buffer {
  if (ranges.length === 0) return data.subarray(0, decided);
  const parts: Buffer[] = [];
  let at = 0;
  for (const { from, to, continued } of ranges) {
    parts.push(data.subarray(at, from));
    if (!continued) parts.push(MASK);
    at = to;
  }
  parts.push(data.subarray(at, decided));
  return Buffer.concat(parts);
}

function withoutSecrets(text: string): string {
  const known = currentScanner();
  if (!known) return text;
  const data = Buffer.from(text);
  const found = known.scan(data, true, 0);
  return found.ranges.length === 0 ? text : masked(data, found).toString();
}

/** What of the known secret values, in whatever form, stands in a text. */
function secretsIn(text: string): Set<string> {
  const data = Buffer.from(text);
  const ranges = currentScanner()?.scan(data, true, 0).ranges ?? [];
  return new Set(ranges.map(({ from, to }) => data.toString("utf8", from, to)));
}

/** Whether a text has a known secret value that the former text did not have. */
export function bringsSecret(before: string, after: string): boolean {
  const known = secretsIn(before);
  return [...secretsIn(after)].some((secret) => !known.has(secret));
}

/** Scrubs a stream of bytes in chunks; a value cut by a chunk boundary is found as well. */
export interface Scrubber {
  /**
   * Bytes that are safe to pass on now, to be used before the next chunk comes. The chunk must not be changed before
   * they are.
   */
  push(chunk: Uint8Array): Buffer;
  /** What was held back, at the end of the stream. */
  end(): Buffer;
  /**
   * Memory to read the next chunk into. A chunk that is pushed from its beginning is not copied any more: what was
   * held back stands right before it.
   */
  readonly room: Buffer;
}

/** As many bytes as a pipe holds. */
const ROOM_BYTES = 65_536;
/** For what is held back; where a value is so long that this does not hold its beginning, it is copied. */
const BEFORE_BYTES = 16_384;

/**
 * A scrubber over the values known when the first chunk comes. Bytes that are part of no value pass unchanged;
 * a tail that could be the beginning of a value is held back until more arrives.
 */
export function createScrubber(): Scrubber {
  return new StreamScrubber();
}

class StreamScrubber implements Scrubber {
  #known: Scanner | undefined;
  #held: Buffer = NOTHING;
  #memory: Buffer | undefined;
  #covered = 0;
  #room: Buffer | undefined;

  get room(): Buffer {
    this.#room ??= Buffer.from(new ArrayBuffer(BEFORE_BYTES + ROOM_BYTES), BEFORE_BYTES);
    return this.#room;
  }

  /** What was held back and the chunk, in one piece. */
  #joined(chunk: Uint8Array): Buffer {
    const held = this.#held;
    if (held.length === 0) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const inRoom = chunk.buffer === this.#room?.buffer && chunk.byteOffset === BEFORE_BYTES;
    if (!inRoom || held.length > BEFORE_BYTES) return Buffer.concat([held, chunk]);
    const all = Buffer.from(chunk.buffer, BEFORE_BYTES - held.length, held.length + chunk.length);
    all.set(held);
    return all;
  }

  /** A copy: the caller may reuse the chunk's memory. What was kept before is part of the chunk's data by now. */
  #kept(rest: Buffer): Buffer {
    if (rest.length > BEFORE_BYTES) return Buffer.from(rest);
    this.#memory ??= Buffer.allocUnsafeSlow(BEFORE_BYTES);
    rest.copy(this.#memory);
    return this.#memory.subarray(0, rest.length);
  }

  push(chunk: Uint8Array): Buffer {
    this.#known ??= currentScanner();
    const data = this.#joined(chunk);
    if (!this.#known) return data;
    const found = this.#known.scan(data, false, this.#covered);
    this.#covered = found.covered;
    this.#held = this.#kept(data.subarray(found.decided));
    return masked(data, found);
  }

  end(): Buffer {
    const rest = this.#known
      ? masked(this.#held, this.#known.scan(this.#held, true, this.#covered))
      : this.#held;
    this.#held = NOTHING;
    this.#covered = 0;
    return rest;
  }
}
