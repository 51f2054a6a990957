/**
 * Puts a secret together again that was split by Shamir's scheme, byte for byte over GF(2⁸) with the polynomial
 * x⁸ + x⁴ + x³ + x + 1. The form of a part is that of HashiCorp Vault, which sops took over: the values, then x.
 */

const REDUCTION = 0x11b;

function multiply(a: number, b: number): number {
  let product = 0;
  for (let factor = a, rest = b; rest > 0; rest >>= 1) {
    if (rest & 1) product ^= factor;
    factor <<= 1;
    if (factor & 0x100) factor ^= REDUCTION;
  }
  return product;
}

/** a²⁵⁴, since a²⁵⁵ = 1. */
function inverse(a: number): number {
  let result = 1;
  for (let count = 0; count < 254; count++) result = multiply(result, a);
  return result;
}

/** What each part weighs at x = 0 (Lagrange). */
function weights(xs: readonly number[]): number[] {
  return xs.map((own) =>
    xs.filter((x) => x !== own).reduce((weight, x) => multiply(weight, multiply(x, inverse(own ^ x))), 1),
  );
}

/**
 * The secret of parts, as many as its threshold asks for. Fewer, or parts of another secret, give other bytes:
 * nothing here can tell.
 *
 * @returns undefined for parts that can't belong together: of several lengths, or with the same x.
 */
export function combineParts(parts: readonly Uint8Array[]): Buffer | undefined {
  const length = (parts[0]?.length ?? 0) - 1;
  const xs = parts.map((part) => part.at(-1) ?? 0);
  const isPossible = length > 0 && parts.every((part) => part.length === length + 1);
  if (!isPossible || new Set(xs).size !== xs.length || xs.includes(0)) return undefined;
  const weighted = weights(xs);
  return Buffer.from(
    Array.from({ length }, (_, at) =>
      parts.reduce((sum, part, index) => sum ^ multiply(part[at]!, weighted[index]!), 0),
    ),
  );
}
