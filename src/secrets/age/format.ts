/**
 * The outer form of age files: ASCII armor and the header with its stanzas. No cryptography here.
 *
 * Format: age-encryption.org/v1. Everything that is not canonical is refused, as the specification asks.
 */

const VERSION_LINE = "age-encryption.org/v1";
const ARMOR_BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const ARMOR_END = "-----END AGE ENCRYPTED FILE-----";
const COLUMNS = 64;

/** One wrapping of the file key. */
export interface Stanza {
  readonly type: string;
  readonly args: readonly string[];
  readonly body: Buffer;
}

export interface AgeFile {
  readonly stanzas: readonly Stanza[];
  /** The bytes that the header's MAC covers: up to and with the three hyphens. */
  readonly authenticated: Buffer;
  readonly mac: Buffer;
  /** Nonce (16 bytes) and encrypted chunks. */
  readonly payload: Buffer;
}

/** Bytes of canonical base64, padded or not as asked; undefined for anything else. */
export function decodeBase64(text: string, padded: boolean): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  const canonical = bytes.toString("base64");
  return (padded ? canonical : canonical.replace(/=+$/, "")) === text ? bytes : undefined;
}

/** Base64 as headers have it, without padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** Bytes inside the armor; undefined when it is not strict armor. White space around it is allowed. */
export function decodeArmor(text: string): Buffer | undefined {
  const lines = text.trim().replaceAll("\r\n", "\n").split("\n");
  if (lines.length < 2 || lines[0] !== ARMOR_BEGIN || lines.at(-1) !== ARMOR_END) return undefined;
  const body = lines.slice(1, -1);
  const isFull = (line: string) => line.length === COLUMNS;
  const isLast = (line: string) => line.length > 0 && line.length <= COLUMNS;
  if (!body.every((line, index) => (index < body.length - 1 ? isFull(line) : isLast(line)))) return undefined;
  return decodeBase64(body.join(""), true);
}

/** ASCII armor around an age file, with a line feed at the end. */
export function encodeArmor(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString("base64")
    .match(/.{1,64}/g);
  return [ARMOR_BEGIN, ...(lines ?? []), ARMOR_END, ""].join("\n");
}

/** Takes lines off the header; undefined at the end, or for bytes that belong into no header. */
function lineReader(bytes: Buffer): { next(): string | undefined; offset(): number } {
  let at = 0;
  return {
    next() {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) return undefined;
      const line = bytes.toString("latin1", at, end);
      at = end + 1;
      return /^[\x20-\x7e]*$/.test(line) ? line : undefined;
    },
    offset: () => at,
  };
}

function readBody(next: () => string | undefined): Buffer | undefined {
  let text = "";
  for (;;) {
    const line = next();
    if (line === undefined || line.length > COLUMNS) return undefined;
    text += line;
    if (line.length < COLUMNS) return decodeBase64(text, false);
  }
}

/** The parts of a binary age file; undefined when its header is not exactly as specified. */
export function parseAgeFile(bytes: Buffer): AgeFile | undefined {
  const { next, offset } = lineReader(bytes);
  if (next() !== VERSION_LINE) return undefined;
  const stanzas: Stanza[] = [];
  for (;;) {
    const lineStart = offset();
    const line = next();
    if (line === undefined) return undefined;
    if (line.startsWith("--- ")) {
      const mac = decodeBase64(line.slice(4), false);
      if (mac?.length !== 32 || stanzas.length === 0) return undefined;
      const authenticated = bytes.subarray(0, lineStart + 3);
      return { stanzas, authenticated, mac, payload: bytes.subarray(offset()) };
    }
    const [arrow, type, ...args] = line.split(" ");
    if (arrow !== "->" || !type || args.includes("")) return undefined;
    const body = readBody(next);
    if (!body) return undefined;
    stanzas.push({ type, args, body });
  }
}
