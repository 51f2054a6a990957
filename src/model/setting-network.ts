/** The shapes of addresses: url, email, host, cidr. Nothing here asks a network. */
import { isIP } from "node:net";

/** An absolute URL with `scheme://`. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text);
}

/** A host name (RFC 1123) or an IP address, without a port. */
export function isHost(text: string): boolean {
  if (isIP(text) > 0) return true;
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text.split(".").every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
}

/** An address as HTML's `input type=email` takes it, with a host name behind the @. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return at > 0 && /^[\w.!#$%&'*+/=?^`{|}~-]+$/.test(text.slice(0, at)) && isHost(text.slice(at + 1));
}

/** Of an address. Node's own question compiles a pattern of thousands of signs for it. */
const isWide = (address: string): boolean => address.includes(":");

function addressBits(address: string): bigint {
  if (!isWide(address)) {
    return address.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  }
  // The URL parser (WHATWG) normalises embedded IPv4 and leading zeros to groups of hexadecimal digits.
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** A network in CIDR notation (RFC 4632, RFC 4291): the bits behind the prefix must be zero, as in 10.1.0.0/16. */
export function isCidr(text: string): boolean {
  const [address = "", prefix = "", more] = text.split("/");
  const version = isIP(address);
  if (more !== undefined || version === 0 || address.includes("%") || !/^(0|[1-9]\d{0,2})$/.test(prefix))
    return false;
  const width = version === 4 ? 32 : 128;
  const hostBits = width - Number(prefix);
  return hostBits >= 0 && (addressBits(address) & ((1n << BigInt(hostBits)) - 1n)) === 0n;
}

function rangeOf(network: string): { readonly width: number; readonly first: bigint; readonly last: bigint } {
  const [address = "", prefix = ""] = network.split("/");
  const width = isWide(address) ? 128 : 32;
  const first = addressBits(address);
  return { width, first, last: first + (1n << BigInt(width - Number(prefix))) - 1n };
}

/** True when two networks have an address in common. Both must be what {@link isCidr} takes. */
export function networksOverlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  return one.width === other.width && one.first <= other.last && other.first <= one.last;
}
