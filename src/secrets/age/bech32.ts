/**
 * Bech32 (BIP 173), the text form of age keys. Only what age needs: whole bytes, any length, checksum constant 1.
 */

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_WORDS = 6;

function polymod(words: readonly number[]): number {
  let sum = 1;
  for (const word of words) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    for (const [bit, generator] of GENERATOR.entries()) if ((top >>> bit) & 1) sum ^= generator;
  }
  return sum >>> 0;
}

function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Regroups bits, most significant first; undefined when the bits left over are not the padding allowed. */
function regroup(values: Iterable<number>, from: number, to: number, pad: boolean): number[] | undefined {
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values) {
    held = (held << from) | value;
    bits += from;
    while (bits >= to) {
      bits -= to;
      out.push((held >> bits) & ((1 << to) - 1));
    }
    held &= (1 << bits) - 1;
  }
  if (pad) {
    if (bits > 0) out.push((held << (to - bits)) & ((1 << to) - 1));
  } else if (bits >= from || held !== 0) return undefined;
  return out;
}

/** Lower-case Bech32 of bytes under a lower-case prefix. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true)!;
  const sum = polymod([...expandPrefix(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = Array.from({ length: CHECKSUM_WORDS }, (_, i) => (sum >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...words, ...checksum].map((word) => ALPHABET[word]).join("")}`;
}

/**
 * Prefix (in lower case) and bytes of a Bech32 text, all upper or all lower case;
 * undefined when a character, the checksum or the padding is wrong.
 */
export function decodeBech32(text: string): { readonly prefix: string; readonly bytes: Buffer } | undefined {
  if (!/^[\x21-\x7e]+$/.test(text)) return undefined;
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  const split = lower.lastIndexOf("1");
  if (split < 1 || lower.length - split - 1 < CHECKSUM_WORDS) return undefined;
  const prefix = lower.slice(0, split);
  const words = [...lower.slice(split + 1)].map((character) => ALPHABET.indexOf(character));
  if (words.includes(-1) || polymod([...expandPrefix(prefix), ...words]) !== 1) return undefined;
  const bytes = regroup(words.slice(0, -CHECKSUM_WORDS), 5, 8, false);
  return bytes && { prefix, bytes: Buffer.from(bytes) };
}
