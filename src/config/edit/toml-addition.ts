/** Where a new key of a TOML text goes: behind the last one of its table, however that table is written. */
import type { SettingValue } from "../../model/setting.ts";
import { allPairs, type TomlPair, type TomlStatement } from "../../model/source-toml-outline.ts";
import { withItem } from "./braces.ts";
import { commentStart, eolOf, lineEnd, marginOf, type Splice } from "./text-splice.ts";
import { bracesOf, isAt, startsWith } from "./toml-statement.ts";
import { tomlKey, tomlText } from "./toml-text.ts";

export const TOML_COMMENT = /^#/;

/** Where the table that a statement stands in begins: its header, or -1 at the root. */
function headerIndex(statements: readonly TomlStatement[], index: number): number {
  return statements.findLastIndex(({ kind }, at) => at < index && kind === "header");
}

/** Its splice is undefined where the table is written so that no key can be added, as in a list of tables. */
export class TomlAddition {
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
    this.#key = tomlKey(path.at(-1)!);
    this.#value = tomlText(value);
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
    const key = pair.keys.at(-1)!;
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
      const base = last.path.length - last.keys.length;
      const written = this.#text.slice(last.keys[0]!.from, last.keys[this.#table.length - base]!.from);
      return this.#behind(last, written);
    }
    const below = this.#statements.find(
      (one) => one.kind === "header" && !one.isList && startsWith(one.path, this.#table),
    );
    if (!below) return undefined;
    const line = `[${this.#table.map(tomlKey).join(".")}]${this.#eol}${this.#key} = ${this.#value}`;
    return this.#before(below, line);
  }

  #names({ path, keys }: TomlStatement): boolean {
    return startsWith(path, this.#table) && path.length - keys.length < this.#table.length;
  }

  #before({ span }: TomlStatement, lines: string): Splice {
    const at = commentStart(this.#text, span.from, 0, TOML_COMMENT);
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
