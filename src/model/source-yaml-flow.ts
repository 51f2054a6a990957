/** Flow lists and maps of one line (`[a, "b"]`, `{a: 1}`), as the line reader of YAML takes them. */
import { DEEPEST_SOURCE, type SourceEntry, type SourceNode } from "./source-tree.ts";
import { codesOf, DECLINED, type YamlCursor } from "./source-yaml-cursor.ts";
import { plainScalar, quotedScalar } from "./source-yaml-scalar.ts";

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
/** Indicators that begin no plain scalar. A dash may begin a number. */
const STARTS_NO_PLAIN = codesOf("?:,[]{}#&*!|>'\"%@`");
const DIGIT = codesOf(DIGITS);
const IN_KEY = codesOf(`${LETTERS + DIGITS}_-.`);
/** Upsets a plain scalar; a comma and the brackets that close end it. */
const UPSETS_PLAIN = codesOf("[{#'\"");
const AFTER_COLON = codesOf(`${LETTERS + DIGITS}/`);

function quoted(cursor: YamlCursor): string {
  const scalar = quotedScalar(cursor.text, cursor.offset);
  if (!scalar) throw DECLINED;
  cursor.offset = scalar.end;
  return scalar.value;
}

function plain(cursor: YamlCursor): SourceNode {
  const { text, offset: start } = cursor;
  const place = cursor.place();
  const first = text.charCodeAt(start);
  const isNumber = first === DASH && DIGIT[text.charCodeAt(start + 1)] === 1;
  if (STARTS_NO_PLAIN[first] === 1 || (first === DASH && !isNumber)) throw DECLINED;
  let end = start;
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP) break;
    if (code === SPACE) continue;
    if (code === NEWLINE || at >= text.length || UPSETS_PLAIN[code] === 1) throw DECLINED;
    if (code === COLON && AFTER_COLON[text.charCodeAt(at + 1)] !== 1) throw DECLINED;
    end = at + 1;
  }
  const source = text.slice(start, end);
  cursor.offset = end;
  return { kind: "scalar", value: plainScalar(source), text: source, place };
}

function key(cursor: YamlCursor): string {
  const { text, offset: start } = cursor;
  const first = text.charCodeAt(start);
  if (first === QUOTE || first === APOSTROPHE) return quoted(cursor);
  while (IN_KEY[cursor.code] === 1) cursor.offset++;
  if (first === DASH || cursor.offset === start) throw DECLINED;
  return text.slice(start, cursor.offset);
}

function entry(cursor: YamlCursor, entries: Map<string, SourceEntry>, depth: number): void {
  const keyPlace = cursor.place();
  const name = key(cursor);
  if (cursor.code !== COLON || cursor.text.charCodeAt(cursor.offset + 1) !== SPACE) throw DECLINED;
  if (name === "__proto__" || entries.has(name)) throw DECLINED;
  cursor.offset++;
  cursor.skipSpaces();
  entries.set(name, { keyPlace, value: flowValue(cursor, depth) });
}

/** Items up to the bracket that closes, with commas between them; one may stand behind the last. */
function separated(cursor: YamlCursor, close: number, item: () => void): void {
  let code = COMMA;
  while (code === COMMA) {
    cursor.offset++;
    cursor.skipSpaces();
    if (cursor.code === close) break;
    item();
    cursor.skipSpaces();
    code = cursor.code;
  }
  if (cursor.code !== close) throw DECLINED;
  cursor.offset++;
}

/** Reads the value in a flow list or map, or the flow list or map itself, that begins at the cursor. */
export function flowValue(cursor: YamlCursor, depth: number): SourceNode {
  if (depth >= DEEPEST_SOURCE) throw DECLINED;
  const { code } = cursor;
  const place = cursor.place();
  if (code === OPEN_LIST) {
    const items: SourceNode[] = [];
    separated(cursor, CLOSE_LIST, () => items.push(flowValue(cursor, depth + 1)));
    return { kind: "list", items, place };
  }
  if (code === OPEN_MAP) {
    const entries = new Map<string, SourceEntry>();
    separated(cursor, CLOSE_MAP, () => entry(cursor, entries, depth + 1));
    return { kind: "map", entries, place };
  }
  if (code !== QUOTE && code !== APOSTROPHE) return plain(cursor);
  const value = quoted(cursor);
  return { kind: "scalar", value, text: value, place };
}
