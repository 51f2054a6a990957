/**
 * Cuts a URL as a layer writes it into its parts, by its text alone: nothing is decoded or put in order, so that the
 * parts filled in again give the same text. A reference in it belongs to the part in which it stands. Pure.
 */
import { hasOwnText, parseTemplate, type TemplatePart } from "../template.ts";
import { type WrittenValue, writtenParts } from "./written-value.ts";

/** What a URL can be split into. Its password is no plain setting, so it is not among them. */
export const URL_PARTS = ["scheme", "user", "host", "port", "path", "query"] as const;

export type UrlPart = (typeof URL_PARTS)[number];

/** The names that the parts get. */
export type PartNames = Partial<Readonly<Record<UrlPart, string>>>;

export type UrlSplit =
  | {
      readonly kind: "split";
      /** By part, what its new setting says. */
      readonly parts: ReadonlyMap<UrlPart, WrittenValue>;
      /** The URL with references to the new settings. */
      readonly whole: WrittenValue;
    }
  | { readonly kind: "no url" }
  /** A password stands in it as text. */
  | { readonly kind: "password" }
  | { readonly kind: "lacks"; readonly part: UrlPart };

/** Stands for a reference while the text is cut: a character for private use, which no URL has as it stands. */
const REFERENCE = "\uE000";

/** RFC 3986, section 3, where the user information ends at the authority's last `@`. The path is without its slash. */
const URL_SHAPE =
  /^(?<scheme>[A-Za-z\uE000][A-Za-z0-9+.\-\uE000]*):\/\/(?:(?<user>[^:/?#]*)(?::(?<password>[^/?#]*))?@)?(?<host>\[[^\]/?#]*\]|[^:/?#@[\]]*)(?::(?<port>[0-9\uE000]*))?(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?(?:#.*)?$/ds;

/** Literal text character by character, each reference whole. */
function unitsOf(parts: readonly TemplatePart[]): TemplatePart[] {
  return parts.flatMap((part): readonly TemplatePart[] =>
    typeof part === "string" ? part.split("") : [part],
  );
}

function joined(units: readonly TemplatePart[]): TemplatePart[] {
  const parts: TemplatePart[] = [];
  for (const unit of units) {
    const last = parts.at(-1);
    if (typeof unit === "string" && typeof last === "string") parts[parts.length - 1] = last + unit;
    else parts.push(unit);
  }
  return parts;
}

function partsOf({ text, interpolated, syntax }: WrittenValue): readonly TemplatePart[] | undefined {
  if (!interpolated) return [text];
  const template = parseTemplate(text, syntax);
  return template.ok ? template.parts : undefined;
}

/** Splits a URL. @param names the parts that become settings of their own; one that is empty is lacking */
export function splitUrl(written: WrittenValue, names: PartNames): UrlSplit {
  if (typeof written.value !== "string") return { kind: "no url" };
  const units = unitsOf(partsOf(written) ?? []);
  if (units.includes(REFERENCE)) return { kind: "no url" };
  const masked = units.map((unit) => (typeof unit === "string" ? unit : REFERENCE)).join("");
  const spans = URL_SHAPE.exec(masked)?.indices?.groups;
  if (!spans) return { kind: "no url" };
  const [from, to] = spans.password ?? [0, 0];
  if (hasOwnText(joined(units.slice(from, to)))) return { kind: "password" };
  const parts = new Map<UrlPart, WrittenValue>();
  const whole: TemplatePart[] = [];
  let done = 0;
  for (const part of URL_PARTS) {
    const name = names[part];
    if (name === undefined) continue;
    const [begin, end] = spans[part] ?? [0, 0];
    if (begin === end) return { kind: "lacks", part };
    parts.set(part, writtenParts(joined(units.slice(begin, end))));
    whole.push(...units.slice(done, begin), { name, otherwise: undefined });
    done = end;
  }
  whole.push(...units.slice(done));
  return { kind: "split", parts, whole: writtenParts(joined(whole)) };
}
