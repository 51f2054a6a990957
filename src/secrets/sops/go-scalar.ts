/**
 * What the sops program makes of scalars: the MAC covers its Go forms of numbers and booleans, not our text.
 * A scalar that is understood differently here can only end in a MAC mismatch, never in a wrong value.
 */

const INTEGER = /^[-+]?(0|[1-9][0-9]*)$/;
const RADIX = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+))$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const DATE =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?[ \t]*(Z|[-+][0-9]{1,2}(?::?[0-9]{2})?)?)?$/;
const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`: the shortest digits that read back the same, no exponent. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const text = Object.is(value, -0) ? "-0" : String(value);
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?e([-+][0-9]+)$/.exec(text);
  if (!match) return text;
  const [, sign, whole, fraction = "", exponent] = match;
  const digits = whole! + fraction;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

/** Go's int as decimal text; undefined for what does not fit its 64 bits. */
function goInteger(value: bigint): string | undefined {
  return value > LARGEST || value < SMALLEST ? undefined : String(value);
}

function parseInteger(text: string): bigint | undefined {
  const digits = text.replaceAll("_", "");
  if (INTEGER.test(digits)) return BigInt(digits);
  const match = RADIX.exec(digits);
  if (!match) return undefined;
  const [, sign, hex, octal, binary] = match;
  const size = BigInt(hex ? `0x${hex}` : octal ? `0o${octal}` : `0b${binary}`);
  return sign === "-" ? -size : size;
}

function goTime(text: string): string | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "0", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const two = (part: string): string => part.padStart(2, "0");
  const digits = fraction.slice(1, 10).replace(/0+$/, "");
  const [, sign, zoneHour, zoneMinute = "00"] = /^([-+])([0-9]{1,2}):?([0-9]{2})?$/.exec(zone) ?? [];
  const isUtc = !sign || (Number(zoneHour) === 0 && zoneMinute === "00");
  const offset = isUtc ? "Z" : `${sign}${two(zoneHour!)}:${zoneMinute}`;
  const date = `${year}-${two(month!)}-${two(day!)}`;
  return `${date}T${two(hour)}:${minute}:${second}${digits && `.${digits}`}${offset}`;
}

/**
 * The bytes (as text) that the MAC covers for a plain YAML or JSON scalar as written; undefined for null.
 */
export function goPlainScalar(source: string): string | undefined {
  if (source === "" || /^(~|null|Null|NULL)$/.test(source)) return undefined;
  if (/^(true|True|TRUE)$/.test(source)) return "True";
  if (/^(false|False|FALSE)$/.test(source)) return "False";
  if (/^\.(nan|NaN|NAN)$/.test(source)) return "NaN";
  if (/^\+?\.(inf|Inf|INF)$/.test(source)) return "+Inf";
  if (/^-\.(inf|Inf|INF)$/.test(source)) return "-Inf";
  const integer = parseInteger(source);
  const whole = integer === undefined ? undefined : goInteger(integer);
  if (whole !== undefined) return whole;
  const digits = source.replaceAll("_", "");
  if (FLOAT.test(digits)) return goFloat(Number(digits));
  return goTime(source) ?? source;
}
