/**
 * Edits a TOML text by splicing: comments, order, quotes and line ends of what is not edited stay byte by byte.
 * A new key goes behind the last one of its table, however that table is written.
 */
import type { SettingValue } from "../../model/setting.ts";
import { withItem, withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { commentStart, entryLines, eolOf, lineEnd, marginOf, type Splice, spliced } from "./text-splice.ts";
import {
  allPairs,
  bracesOf,
  startsWith,
  type TomlPair,
  type TomlStatement,
  tomlStatements,
} from "./toml-outline.ts";
import { readTomlText } from "./toml-read.ts";

const COMMENT = /^#/;

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : stringText(key);
}

/** A basic string: JSON's escapes are TOML's, and DEL has to be one (TOML 1.0, String). */
function stringText(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function valueText(value: SettingValue): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, one]) => `${keyText(key)} = ${valueText(one)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function hasNull(value: SettingValue): boolean {
  if (typeof value !== "object" || value === null) return value === null;
  return Object.values(value).some(hasNull);
}

function isAt(one: TomlStatement, path: readonly string[]): boolean {
  return one.path.length === path.length && startsWith(one.path, path);
}

/** Where the table that a statement stands in begins: its header, or -1 at the root. */
function headerIndex(statements: readonly TomlStatement[], index: number): number {
  return statements.findLastIndex(({ kind }, at) => at < index && kind === "header");
}

class Addition {
  readonly #text: string;
  readonly #statements: readonly TomlStatement[];
  readonly #table: readonly string[];
  readonly #key: string;
  readonly #value: string;
  readonly #eol: string;

  constructor(
    text: string,
    statements: readonly TomlStatement[],
    path: readonly string[],
    value: SettingValue,
  ) {
    this.#text = text;
    this.#statements = statements;
    this.#table = path.slice(0, -1);
    this.#key = keyText(path.at(-1)!);
    this.#value = valueText(value);
    this.#eol = eolOf(text);
  }

  splice(): Splice | undefined {
    const owner = allPairs(this.#statements).find((pair) => isAt(pair, this.#table));
    const braces = owner && bracesOf(owner);
    if (owner) return braces && withItem(this.#text, braces, `${this.#key} = ${this.#value}`);
    return this.#table.length === 0 ? this.#atRoot() : (this.#underHeader() ?? this.#besideDotted());
  }

  /** Like the pair before it: `a=1` or `a = 1`, and as far to the right. */
  #behind(pair: TomlPair, prefix: string): Splice {
    const key = pair.parts.at(-1)!;
    const equals = this.#text.slice(key.to, pair.value.from) === "=" ? "=" : " = ";
    const margin = marginOf(this.#text, pair.span.from);
    return this.#line(pair.span.to, `${margin}${prefix}${this.#key}${equals}${this.#value}`);
  }

  #line(offset: number, line: string): Splice {
    const at = lineEnd(this.#text, offset);
    return { from: at, to: at, text: this.#eol + line };
  }

  #underHeader(): Splice | undefined {
    const index = this.#statements.findIndex(
      (one) => one.kind === "header" && !one.isList && isAt(one, this.#table),
    );
    const header = this.#statements[index];
    if (!header) return undefined;
    const last = this.#lastOf(index);
    if (last) return this.#behind(last, "");
    const margin = marginOf(this.#text, header.span.from);
    return this.#line(header.span.to, `${margin}${this.#key} = ${this.#value}`);
  }

  #lastOf(index: number): TomlPair | undefined {
    const last = this.#statements.findLast(
      (one, at) => one.kind === "pair" && headerIndex(this.#statements, at) === index,
    );
    return last?.kind === "pair" ? last : undefined;
  }

  /** The table is only there because keys or headers name it on the way to what is in it. */
  #besideDotted(): Splice | undefined {
    const last = this.#statements.findLast(
      (one) => one.kind === "pair" && one.path.length > this.#table.length && this.#names(one),
    );
    if (last?.kind === "pair") {
      const base = last.path.length - last.parts.length;
      const written = this.#text.slice(last.parts[0]!.from, last.parts[this.#table.length - base]!.from);
      return this.#behind(last, written);
    }
    const below = this.#statements.find(
      (one) => one.kind === "header" && !one.isList && startsWith(one.path, this.#table),
    );
    if (!below) return undefined;
    const line = `[${this.#table.map(keyText).join(".")}]${this.#eol}${this.#key} = ${this.#value}`;
    return this.#before(below, line);
  }

  #names({ path, parts }: TomlStatement): boolean {
    return startsWith(path, this.#table) && path.length - parts.length < this.#table.length;
  }

  #before({ span }: TomlStatement, lines: string): Splice {
    const at = commentStart(this.#text, span.from, 0, COMMENT);
    return { from: at, to: at, text: lines + this.#eol + this.#eol };
  }

  #atRoot(): Splice {
    const last = this.#lastOf(-1);
    if (last) return this.#behind(last, "");
    const line = `${this.#key} = ${this.#value}`;
    const [first] = this.#statements;
    if (first) return this.#before(first, line);
    const end = this.#text.length;
    const gap = end === 0 || this.#text.endsWith("\n") ? "" : this.#eol;
    return { from: end, to: end, text: gap + line + this.#eol };
  }
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const statements = tomlStatements(text);
  const pair = allPairs(statements).find((one) => isAt(one, path));
  if (pair) return spliced(text, [{ ...pair.value, text: valueText(value) }]);
  if (allPairs(statements).some((one) => startsWith(one.path, path))) return undefined;
  if (statements.some((one) => startsWith(one.path, path))) return undefined;
  const splice = new Addition(text, statements, path, value).splice();
  return splice && spliced(text, [splice]);
}

function remove(text: string, path: readonly string[]): string | undefined {
  const statements = tomlStatements(text);
  const isGone = (one: TomlStatement | undefined): boolean => one !== undefined && startsWith(one.path, path);
  if (!statements.some(isGone)) return removeInBraces(text, statements, path);
  const splices: Splice[] = [];
  for (let index = 0; index < statements.length; index++) {
    if (!isGone(statements[index]) || isGone(statements[index - 1])) continue;
    let end = index;
    while (isGone(statements[end + 1])) end++;
    const before = statements[index - 1];
    const after = statements[end + 1];
    const isLast = before !== undefined && (!after || after.kind === "header");
    const entry = { from: statements[index]!.span.from, to: statements[end]!.span.to };
    const lines = entryLines(text, entry, { floor: before?.span.to ?? 0, isLast, comment: COMMENT });
    splices.push({ ...lines, text: "" });
  }
  return spliced(text, splices);
}

function removeInBraces(
  text: string,
  statements: readonly TomlStatement[],
  path: readonly string[],
): string | undefined {
  const owner = allPairs(statements).find(({ inner }) => inner?.pairs.some((one) => isAt(one, path)));
  const braces = owner && bracesOf(owner);
  if (!owner?.inner || !braces) return undefined;
  const index = owner.inner.pairs.findIndex((one) => isAt(one, path));
  return spliced(text, withoutItem(text, braces, index, COMMENT));
}

/** A table may be named at several places: in headers and in dotted keys. */
function rename(text: string, path: readonly string[], key: string): string {
  const statements = tomlStatements(text);
  const named = [...statements.filter(({ kind }) => kind === "header"), ...allPairs(statements)];
  const splices = named.flatMap((one) => {
    const part = one.parts[path.length - 1 - (one.path.length - one.parts.length)];
    return part && startsWith(one.path, path) ? [{ ...part, text: keyText(key) }] : [];
  });
  return spliced(text, splices);
}

/** TOML layers. */
export const tomlEditor: FormatEditor = {
  refuses: (value) => (hasNull(value) ? "TOML has no null" : undefined),
  read: readTomlText,
  set,
  remove,
  rename,
  valueSpan: (text, path) => allPairs(tomlStatements(text)).find((one) => isAt(one, path))?.value,
};
