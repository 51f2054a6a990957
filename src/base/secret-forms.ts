/** The forms in which a secret value may appear in output: as it is, escaped, encoded. Pure text; knows no secret itself. */

/** Values shorter than this would blank out ordinary text; they are not scrubbed (and a check says so). */
const SHORTEST_SCRUBBED = 6;
/** A line of a multi-line value counts as secret by itself from this length. */
const SHORTEST_LINE = 12;

/** The inner part of base64 at each alignment: what survives whatever stands before and after the value. */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    return [text.slice(start, end)];
  });
  const whole = forms[0] ?? "";
  // MIME (RFC 2045) and the base64 command break lines after 76 characters, PEM (RFC 7468) after 64.
  for (const width of [76, 64]) {
    for (let at = 0; whole.length > width && at < whole.length; at += width) {
      const line = whole.slice(at, at + width);
      if (line.length >= SHORTEST_LINE) forms.push(line);
    }
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

function percentForms(value: string): string[] {
  const component = encodeURIComponent(value);
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([["", value]]).toString().slice(1);
  const upper = [component, strict, strict.replaceAll("%2F", "/"), encodeURI(value), form];
  return upper.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** What `escape` makes of every character that `pattern` finds. */
function unicodeEscaped(text: string, pattern: RegExp): string {
  return text.replace(pattern, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function jsonForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"), // PHP
    unicodeEscaped(json, /[<>&\u2028\u2029]/g), // Go
    unicodeEscaped(json, /[^\x20-\x7e]/g), // Python
  ];
}

function markupForms(value: string): string[] {
  const base = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    base,
    base.replaceAll('"', "&quot;"),
    base.replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
    base.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"),
    base.replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
    base.replaceAll('"', "&#34;").replaceAll("'", "&#39;"),
  ];
}

/** The forms of one value (at least {@link SHORTEST_SCRUBBED} characters each) in which it may appear in output. */
export function encodingsOf(value: string): string[] {
  const text = value.toWellFormed();
  const bytes = Buffer.from(text);
  const hex = bytes.toString("hex");
  const forms = [
    text,
    ...jsonForms(text),
    ...percentForms(text),
    ...markupForms(text),
    text.replaceAll("'", "'\\''"), // POSIX shell
    text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"), // JavaScript and Python, single quotes
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
  return [...new Set(forms.filter((form) => form.length >= SHORTEST_SCRUBBED))];
}

/** The value, the value without white space around it, and its longer lines (a log may show them one by one). */
export function partsOf(value: string): string[] {
  const lines = value.includes("\n")
    ? value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !/^-----(BEGIN|END) /.test(line))
    : [];
  return [...new Set([value, value.trim(), ...lines])].filter((part) => part.length >= SHORTEST_SCRUBBED);
}
