/**
 * Known secret values and their encodings are replaced wherever text leaves us.
 * The set of known values belongs to the process: whoever opens a secret registers it here first.
 */
import { encodingsOf, partsOf } from "./secret-forms.ts";
import { createScanner, type Scanner, type ScanResult } from "./secret-scanner.ts";

export { encodingsOf } from "./secret-forms.ts";

const MASK = Buffer.from("[secret]");
const NOTHING = Buffer.alloc(0);

const needles = new Set<string>();
let scanner: Scanner | undefined;

/** Registers a secret value: from now on it appears in no error, log, answer or scrubbed output of this process. */
export function rememberSecret(value: string): void {
  const before = needles.size;
  for (const part of partsOf(value)) {
    for (const form of encodingsOf(part)) needles.add(form);
  }
  if (needles.size !== before) scanner = undefined;
}

function currentScanner(): Scanner | undefined {
  if (needles.size === 0) return undefined;
  scanner ??= createScanner([...needles].map((needle) => Buffer.from(needle)));
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

/** The text with every known secret value replaced by `[secret]`. */
export function redact(text: string): string {
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
  /** Bytes that are safe to pass on now. The chunk must not be changed afterwards. */
  push(chunk: Uint8Array): Buffer;
  /** What was held back, at the end of the stream. */
  end(): Buffer;
}

/**
 * A scrubber over the values known now. Bytes that are part of no value pass unchanged;
 * a tail that could be the beginning of a value is held back until more arrives.
 */
export function createScrubber(): Scrubber {
  const known = currentScanner();
  let held: Buffer = NOTHING;
  let covered = 0;
  return {
    push(chunk) {
      const raw = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (!known) return raw;
      const data = held.length === 0 ? raw : Buffer.concat([held, raw]);
      const found = known.scan(data, false, covered);
      covered = found.covered;
      // A copy: the caller may reuse the chunk's memory.
      held = found.decided === data.length ? NOTHING : Buffer.from(data.subarray(found.decided));
      return masked(data, found);
    },
    end() {
      const rest = known ? masked(held, known.scan(held, true, covered)) : held;
      held = NOTHING;
      covered = 0;
      return rest;
    },
  };
}
