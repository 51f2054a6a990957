/**
 * Known secret values and their encodings are replaced wherever text leaves us.
 * The set of known values belongs to the process: whoever opens a secret registers it here first.
 */

const MASK = "[secret]";
/** Values shorter than this would blank out ordinary text; they are not scrubbed (and a check says so). */
export const SHORTEST_SCRUBBED = 6;

const needles = new Set<string>();
let matcher: RegExp | undefined;
let longest = 0;

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The inner part of base64 at each alignment: what survives whatever stands before and after the value. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    const inner = text.slice(start, end);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** The forms in which a value may appear in output. */
export function encodingsOf(value: string): string[] {
  const hex = Buffer.from(value).toString("hex");
  const uri = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  const html = value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  const forms = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    uri,
    uri.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    uri.replaceAll("%20", "+"),
    html,
    html.replaceAll("'", "&#39;"),
    value.replaceAll("'", "'\\''"),
    hex,
    hex.toUpperCase(),
    ...base64Forms(value),
  ];
  return [...new Set(forms.filter((form) => form.length >= SHORTEST_SCRUBBED))];
}

/** Registers a secret value: from now on it appears in no error, log, answer or scrubbed output of this process. */
export function rememberSecret(value: string): void {
  if (value.length < SHORTEST_SCRUBBED) return;
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 12);
  for (const part of value.includes("\n") ? [value, ...lines] : [value]) {
    for (const form of encodingsOf(part)) needles.add(form);
  }
  matcher = undefined;
}

function currentMatcher(): RegExp | undefined {
  if (needles.size === 0) return undefined;
  if (!matcher) {
    const ordered = [...needles].sort((a, b) => b.length - a.length);
    longest = ordered[0]!.length;
    matcher = new RegExp(ordered.map((needle) => escapeRegExp(needle)).join("|"), "g");
  }
  return matcher;
}

/** The text with every known secret value replaced by `[secret]`. */
export function redact(text: string): string {
  const known = currentMatcher();
  return known ? text.replace(known, MASK) : text;
}

/** Scrubs a stream of bytes in chunks; a value cut by a chunk boundary is found as well. */
export interface Scrubber {
  /** Bytes that are safe to pass on now. */
  push(chunk: Uint8Array): Buffer;
  /** What was held back, at the end of the stream. */
  end(): Buffer;
}

/**
 * A scrubber over the values known now. Text is treated as latin1 so that bytes pass unchanged;
 * a tail that could be the beginning of a value is held back until more arrives.
 */
export function createScrubber(): Scrubber {
  currentMatcher();
  const forms = [...needles].map((needle) => Buffer.from(needle).toString("latin1"));
  const firsts = new Set(forms.map((form) => form[0]!));
  const pattern =
    forms.length > 0
      ? new RegExp(
          forms
            .sort((a, b) => b.length - a.length)
            .map((form) => escapeRegExp(form))
            .join("|"),
          "g",
        )
      : undefined;
  const longestForm = Math.max(longest, ...forms.map((form) => form.length), 1);
  let held = "";

  const partialStart = (text: string): number => {
    for (let at = Math.max(0, text.length - longestForm + 1); at < text.length; at++) {
      if (!firsts.has(text[at]!)) continue;
      const tail = text.slice(at);
      if (forms.some((form) => form.length > tail.length && form.startsWith(tail))) return at;
    }
    return text.length;
  };

  return {
    push(chunk) {
      const raw = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (!pattern) return raw;
      const text = (held + raw.toString("latin1")).replace(pattern, MASK);
      const keep = partialStart(text);
      held = text.slice(keep);
      return Buffer.from(text.slice(0, keep), "latin1");
    },
    end() {
      const rest = Buffer.from(pattern ? held.replace(pattern, MASK) : held, "latin1");
      held = "";
      return rest;
    },
  };
}
