/** The forms in which a secret value may appear in output: as it is, escaped, encoded. Pure text; knows no secret itself. */
import { escapedForms } from "./escaped-forms.ts";

/** Values shorter than this would blank out ordinary text; they are not scrubbed (and a check says so). */
const SHORTEST_SCRUBBED = 6;
/** A line of a multi-line value counts as secret by itself from this length. */
const SHORTEST_LINE = 8;
/**
 * The last line of wrapped base64 is looked for from this length: a shorter one shows at most seven of 48 or more bytes,
 * and a single form below eleven characters would make the whole search half as fast.
 */
const SHORTEST_BASE64_LINE = 11;
/** MIME (RFC 2045) and the base64 command break lines after 76 characters, PEM (RFC 7468) after 64. */
const LINE_WIDTHS = [76, 64];

/** A text cut into lines of each usual width; nothing for one that fits into a line. */
function cutByWidth(text: string): string[] {
  return LINE_WIDTHS.filter((width) => text.length > width).flatMap((width) =>
    Array.from({ length: Math.ceil(text.length / width) }, (_, i) => text.slice(i * width, (i + 1) * width)),
  );
}

/**
 * The inner part of base64 at each alignment: what survives whatever stands before and after the value, as the user
 * in Basic authorization. The digits at its ends that mix bits of the value with bits of its neighbours stay: at most
 * four bits of its first and of its last byte.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const lines = cutByWidth(forms[0]!).filter((line) => line.length >= SHORTEST_BASE64_LINE);
  return [...forms, ...lines].flatMap((form) => {
    if (!/[+/]/.test(form)) return [form];
    const percent = form.replaceAll("+", "%2B").replaceAll("/", "%2F");
    const url = form.replaceAll("+", "-").replaceAll("/", "_");
    return [
      form,
      url,
      form.replaceAll("/", "\\/"),
      percent,
      percent.replace(/%2[BF]/g, (c) => c.toLowerCase()),
    ];
  });
}

/** Every byte as its number, in the ways that dumps and literals have. */
function numberForms(bytes: Buffer): string[] {
  const hex = bytes.toString("hex");
  const pairs = hex.match(/../g) ?? [];
  const upper = hex.toUpperCase();
  return [
    hex,
    upper,
    pairs.join(" "),
    pairs.join(":"),
    `\\x${pairs.join("\\x")}`,
    `\\x${(upper.match(/../g) ?? []).join("\\x")}`,
    [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
    bytes.join(","),
    bytes.join(", "),
  ];
}

function unicodeForms(text: string): string[] {
  const units = Array.from({ length: text.length }, (_, i) =>
    text.charCodeAt(i).toString(16).padStart(4, "0"),
  );
  const lower = `\\u${units.join("\\u")}`;
  return [lower, `\\u${units.join("\\u").toUpperCase().replaceAll("\\U", "\\u")}`];
}

function longEnough(forms: readonly string[]): string[] {
  return [...new Set(forms.filter((form) => form.length >= SHORTEST_SCRUBBED))];
}

/** The forms of one value (at least {@link SHORTEST_SCRUBBED} characters each) in which it may appear in output. */
export function encodingsOf(value: string): string[] {
  const text = value.toWellFormed();
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return [];
  return longEnough([
    ...escapedForms(text),
    ...base64Forms(bytes),
    ...numberForms(bytes),
    ...unicodeForms(text),
  ]);
}

const PEM_FRAME = /^-----(BEGIN|END) /;

/** The longer lines of a value that has several; of PEM also as other widths would cut them, and in one. */
function linesOf(value: string): string[] {
  if (!value.includes("\n")) return [];
  const lines = value.split("\n").map((line) => line.trim());
  const inner = lines.filter((line) => !PEM_FRAME.test(line));
  const body = inner.length < lines.length ? inner.join("") : "";
  return [...inner, body, ...cutByWidth(body)].filter((line) => line.length >= SHORTEST_LINE);
}

/** Whether a value is long enough to be told from ordinary text. */
export function isScrubbable(value: string): boolean {
  return value.trim().length >= SHORTEST_SCRUBBED;
}

function wholesOf(value: string): string[] {
  return [value, value.trim()].filter((part) => part.length >= SHORTEST_SCRUBBED);
}

/** The value, the value without white space around it, and its longer lines (a log may show them one by one). */
export function partsOf(value: string): string[] {
  return [...new Set([...wholesOf(value), ...linesOf(value)])];
}

/** All forms to be found in output; for lines by themselves, of which there may be many, those that escape. */
export function formsOf(value: string): ReadonlySet<string> {
  const lines = linesOf(value.toWellFormed()).flatMap(escapedForms);
  return new Set([...new Set(wholesOf(value))].flatMap(encodingsOf).concat(longEnough(lines)));
}
