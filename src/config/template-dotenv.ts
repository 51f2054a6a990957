/**
 * The references of dotenv-expand 13: `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME-default}` (both: unset or
 * empty), `${NAME:+text}` and `${NAME+text}` (both: set and not empty). What is not set is the empty text.
 *
 * `\$` is a dollar sign. A brace that is no reference's makes everything around it literal.
 *
 * Two things differ, since dotenv-expand works by replacing text: what a value brings with it is not read for
 * references again, and what could be no name is an error here, there the empty text.
 */
import { BadTemplate, DEEPEST, matchAt, Parts, type Reference, type TemplatePart } from "./template-parts.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Names that the dotenv package takes, less the hyphen: that one begins a default. */
const NAME_IN_BRACES = /[A-Za-z0-9_.]+/y;
const OPERATOR = /:?[-+]/y;
const PLAIN = /[^$]+/y;

/** For each `${` that begins a reference the offset of its closing brace. */
function closingBraces(text: string): Map<number, number> {
  const closing = new Map<number, number>();
  let open: number[] = [];
  for (const { 0: brace, index } of text.matchAll(/(?<!\\)\$\{|[{}]/g)) {
    if (brace === "${") open.push(index);
    else if (brace === "{") open = [];
    else {
      const begin = open.pop();
      if (begin === undefined) continue;
      if (begin + 2 === index) open = [];
      else closing.set(begin, index);
    }
  }
  return closing;
}

class Parser {
  readonly #text: string;
  readonly #closing: ReadonlyMap<number, number>;

  constructor(text: string) {
    this.#text = text;
    this.#closing = closingBraces(text);
  }

  parts(begin: number, end: number, depth: number): TemplatePart[] {
    if (depth > DEEPEST) throw new BadTemplate(`references are nested deeper than ${DEEPEST} levels`);
    const parts = new Parts();
    let offset = begin;
    while (offset < end) {
      const close = this.#closing.get(offset);
      const name = this.#plainName(offset);
      if (close !== undefined) {
        parts.reference(this.#braced(offset + 2, close, depth));
        offset = close + 1;
      } else if (name !== undefined) {
        parts.reference({ name, otherwise: { kind: "blank", missing: "unset" } });
        offset += 1 + name.length;
      } else {
        const plain = (matchAt(PLAIN, this.#text, offset) ?? "$").slice(0, end - offset);
        offset += plain.length;
        const escapes = plain.endsWith("\\") && offset < end;
        parts.text(escapes ? `${plain.slice(0, -1)}$` : plain);
        if (escapes) offset++;
      }
    }
    return parts.done();
  }

  #plainName(offset: number): string | undefined {
    return this.#text[offset] === "$" ? matchAt(NAME, this.#text, offset + 1) : undefined;
  }

  #braced(begin: number, close: number, depth: number): Reference {
    const name = matchAt(NAME_IN_BRACES, this.#text, begin);
    if (name === undefined) throw new BadTemplate("${ is not followed by the name of a setting");
    const after = begin + name.length;
    if (after === close) return { name, otherwise: { kind: "blank", missing: "unset" } };
    const operator = matchAt(OPERATOR, this.#text, after);
    if (operator === undefined) throw new BadTemplate(`after \${${name} only }, :-, -, :+ or + may follow`);
    const parts = this.parts(after + operator.length, close, depth + 1);
    return {
      name,
      otherwise: { kind: operator.endsWith("+") ? "alternative" : "default", missing: "empty", parts },
    };
  }
}

/** @throws BadTemplate */
export function readDotenvTemplate(text: string): TemplatePart[] {
  return new Parser(text).parts(0, text.length, 0);
}
