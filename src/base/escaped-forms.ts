/**
 * A value as languages and formats write it: escaped for JSON, URLs, markup, shells, and string literals.
 * Pure text; the forms that encode every byte are in `secret-forms.ts`.
 */

/** Nothing escapes these: a value of nothing else has one form only. */
const NEVER_ESCAPED = /^[A-Za-z0-9_-]*$/;
const PRINTABLE_ASCII = /^[ -~]*$/;

function inHex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

type Escape = (sign: string) => string;

const unicodeLower: Escape = (sign) => `\\u${inHex(sign.charCodeAt(0), 4)}`;
const unicodeUpper: Escape = (sign) => `\\u${inHex(sign.charCodeAt(0), 4).toUpperCase()}`;

/** Inside of double quotes. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function jsonForms(value: string): string[] {
  const json = quoted(value);
  const forms = [json];
  if (json.includes("/")) forms.push(json.replaceAll("/", "\\/")); // PHP
  if (/[<>&'+`"]/.test(value)) {
    forms.push(
      json.replace(/[<>&]/g, unicodeLower), // Go, Rails
      json.replace(/[<>&]/g, unicodeUpper), // Django
      json.replace(/\\"|[<>&'+`]/g, (sign) => unicodeUpper(sign.at(-1)!)), // .NET
    );
  }
  const ascii = PRINTABLE_ASCII.test(json)
    ? []
    : forms.flatMap((form) => [
        form.replace(/[\u2028\u2029]/g, unicodeLower), // Go, Rails
        form.replace(/[^ -~]/g, unicodeLower), // Python, PHP
        form.replace(/[^ -~]/g, unicodeUpper), // Java, .NET
      ]);
  const once = [...forms, ...ascii];
  // A document in a document, as in a line of a structured log; and that once more.
  const twice = json === value && once.length === 1 ? [] : [...once.map(quoted), quoted(quoted(json))];
  return [...once, ...twice];
}

function percentSigns(sign: string): string {
  const code = sign.charCodeAt(0);
  if (code < 0x80) return `%${inHex(code, 2).toUpperCase()}`;
  return [...Buffer.from(sign)].map((byte) => `%${inHex(byte, 2).toUpperCase()}`).join("");
}

/** What is encoded, by the standards' names of the sets. The unreserved signs of RFC 3986 never are. */
const PERCENT_SETS = [
  /[^A-Za-z0-9\-_.~]/gu, // RFC 3986 in a component
  /[^A-Za-z0-9\-_.~!'()*]/gu, // encodeURIComponent
  /[^A-Za-z0-9\-_.~/]/gu, // Python's quote
  /[^A-Za-z0-9\-_.*]/gu, // a form (WHATWG URL)
  /[^A-Za-z0-9\-_.~!'()*;/?:@&=+$,#]/gu, // encodeURI
  /[^\x21-\x7e]|["#<>?^`{}/:;=@[\\\]|]/gu, // user and password of a URL (WHATWG)
  /[^\x21-\x7e]|["#<>?^`{}]/gu, // path (WHATWG)
  /[^\x21-\x7e]|["#<>']/gu, // query (WHATWG)
  /[^\x21-\x7e]|["<>`]/gu, // fragment (WHATWG)
];

function percentForms(value: string): string[] {
  const once = [...new Set(PERCENT_SETS.map((set) => value.replace(set, percentSigns)))];
  const plus = once.flatMap((text) => (text.includes("%20") ? [text.replaceAll("%20", "+")] : []));
  const upper = [...once, ...plus];
  const lower = upper
    .filter((text) => /%(.[A-F]|[A-F])/.test(text))
    .map((text) => text.replace(/%../g, (code) => code.toLowerCase()));
  const both = [...upper, ...lower];
  // An address in an address, as after a redirect.
  const twice = both.filter((text) => text.includes("%")).map((text) => text.replaceAll("%", "%25"));
  return [...both, ...twice];
}

const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const decimal: Escape = (sign) => `&#${sign.codePointAt(0)!};`;
const hexadecimal: Escape = (sign) => `&#x${sign.codePointAt(0)!.toString(16).toUpperCase()};`;

function markupForms(value: string): string[] {
  const isAscii = PRINTABLE_ASCII.test(value);
  if (isAscii && !/[&<>"'`=/]/.test(value)) return [];
  const base = value.replace(/[&<>]/g, (sign) => NAMED[sign]!);
  const double = base.replaceAll('"', "&quot;");
  const forms = [
    base,
    double,
    double.replaceAll("'", "&#39;"),
    double.replaceAll("'", "&#039;"),
    double.replaceAll("'", "&#x27;"),
    double.replaceAll("'", "&apos;"),
    base.replace(/["']/g, decimal),
    double.replaceAll("'", "&#39;").replace(/[`=/]/g, hexadecimal),
    double.replaceAll("'", "&#x27;").replace(/[`=]/g, hexadecimal),
    double.replaceAll("'", "&#x27;").replaceAll("/", "&#x2F;"),
  ];
  const numbered = (isAscii ? [] : forms).flatMap((text) => [
    text.replace(/[^\x20-\x7e]/gu, decimal),
    text.replace(/[^\x20-\x7e]/gu, hexadecimal),
    text.replace(/[^\x00-\x7e]/gu, decimal),
    text.replace(/[\t\r\n]/g, hexadecimal),
  ]);
  return [...forms, ...numbered];
}

const CONTROL: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
  "\x07": "\\a",
};

function bytesAs(sign: string, write: (byte: number) => string): string {
  return [...Buffer.from(sign)].map(write).join("");
}

const hexBytes: Escape = (sign) => bytesAs(sign, (byte) => `\\x${inHex(byte, 2)}`);
const hexBytesUpper: Escape = (sign) => bytesAs(sign, (byte) => `\\x${inHex(byte, 2).toUpperCase()}`);
const octalBytes: Escape = (sign) => bytesAs(sign, (byte) => `\\${byte.toString(8).padStart(3, "0")}`);
const unchanged: Escape = (sign) => sign;
const braced: Escape = (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`;

function pythonAscii(sign: string): string {
  const code = sign.codePointAt(0)!;
  if (code < 0x100) return `\\x${inHex(code, 2)}`;
  return code < 0x10000 ? `\\u${inHex(code, 4)}` : `\\U${inHex(code, 8)}`;
}

/** How literals write a control character without a letter of its own, and one that is not ASCII. */
const LITERALS: readonly (readonly [control: Escape, other: Escape])[] = [
  [hexBytes, unchanged], // Python
  [hexBytesUpper, unchanged], // JavaScript
  [hexBytes, hexBytes], // bytes in Python
  [hexBytesUpper, hexBytesUpper],
  [octalBytes, unchanged], // bash, as $'…'
  [octalBytes, octalBytes], // C, git, ls
  [hexBytes, pythonAscii],
  [hexBytes, braced], // Rust, JavaScript
];

function literalForms(value: string): string[] {
  const isAscii = PRINTABLE_ASCII.test(value);
  if (isAscii && !/["'\\]/.test(value)) return [];
  const slashed = value.replaceAll("\\", "\\\\");
  const quotings = [
    slashed,
    slashed.replaceAll('"', '\\"'),
    slashed.replaceAll("'", "\\'"),
    slashed.replace(/["']/g, "\\$&"),
  ];
  if (isAscii) return quotings;
  return LITERALS.flatMap(([control, other]) =>
    quotings.map((text) =>
      text
        .replace(/[^\x00-\x7f]/gu, other)
        .replace(/[\x00-\x1f\x7f]/g, (sign) => CONTROL[sign] ?? control(sign)),
    ),
  );
}

function shellForms(value: string): string[] {
  return [
    value.replaceAll("'", "'\\''"), // POSIX, in single quotes
    value.replaceAll("'", `'"'"'`), // Python's shlex, dash
    value.replace(/["$`\\]/g, "\\$&"), // in double quotes: declare -p
    value.replace(/["$`\\!]/g, "\\$&"),
    value.replace(/^[#~]|[ "'\\|&;()<>!{}*[\]?^$`,]/g, "\\$&"), // printf %q
    value.replace(/[^\w\-./:=@%+\u0080-\u{10ffff}]/gu, "\\$&"), // Ruby, zsh
    value.replaceAll("'", "''"), // SQL, YAML, PowerShell
    value.replaceAll('"', '""'), // CSV
  ];
}

/** The value as it is, and as it stands in other texts. May hold a form twice. */
export function escapedForms(value: string): string[] {
  if (NEVER_ESCAPED.test(value)) return [value];
  return [
    value,
    ...jsonForms(value),
    ...percentForms(value),
    ...markupForms(value),
    ...literalForms(value),
    ...shellForms(value),
  ];
}
