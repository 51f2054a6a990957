/**
 * The syntax of interpolation: `${NAME}`, `${NAME:-default}` (unset or empty), `${NAME:?message}` (unset or
 * empty is an error), nested in defaults; `$${` is a literal `${`. A dollar sign without a brace means itself.
 */
import { LITERAL_DOLLAR } from "./layer-entry.ts";

export type TemplatePart = string | Reference;

export interface Reference {
  readonly name: string;
  /** What follows `:-` or `:?`; undefined for a plain reference. */
  readonly otherwise:
    | { readonly kind: "default"; readonly parts: readonly TemplatePart[] }
    /** References in a message are not followed: what they read might be secret. */
    | { readonly kind: "required"; readonly message: string }
    | undefined;
}

export type Template =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  /** Quotes at most the name of the broken reference, never what else stands in the value. */
  | { readonly ok: false; readonly why: string };

const DEEPEST = 50;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const PLAIN = /[^$}]+/y;

/** How the text fails to be a template. Never leaves this file. */
class BadTemplate {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

class Parser {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end of the text, or inside a reference up to its closing brace. */
  parts(depth: number): TemplatePart[] {
    if (depth > DEEPEST) throw new BadTemplate(`references are nested deeper than ${DEEPEST} levels`);
    const parts: TemplatePart[] = [];
    let literal = "";
    while (this.#offset < this.#text.length) {
      if (depth > 0 && this.#text[this.#offset] === "}") break;
      if (this.#text.startsWith("$${", this.#offset)) {
        literal += "${";
        this.#offset += 3;
      } else if (this.#text.startsWith("${", this.#offset)) {
        if (literal) parts.push(literal);
        literal = "";
        parts.push(this.#reference(depth));
      } else {
        PLAIN.lastIndex = this.#offset;
        const plain = PLAIN.exec(this.#text)?.[0] ?? this.#text[this.#offset]!;
        literal += plain;
        this.#offset += plain.length;
      }
    }
    if (literal) parts.push(literal);
    return parts.map((part) => (typeof part === "string" ? part.replaceAll(LITERAL_DOLLAR, "$") : part));
  }

  #reference(depth: number): Reference {
    NAME.lastIndex = this.#offset + 2;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) throw new BadTemplate("${ is not followed by the name of a setting");
    this.#offset += 2 + name.length;
    const operator = this.#text.slice(this.#offset, this.#offset + 2);
    let otherwise: Reference["otherwise"];
    if (operator === ":-" || operator === ":?") {
      this.#offset += 2;
      const parts = this.parts(depth + 1);
      otherwise =
        operator === ":-" ? { kind: "default", parts } : { kind: "required", message: spell(parts) };
    }
    if (this.#text[this.#offset] === "}") {
      this.#offset++;
      return { name, otherwise };
    }
    if (this.#offset >= this.#text.length) throw new BadTemplate(`\${${name} is not closed with }`);
    throw new BadTemplate(`after \${${name} only }, :- or :? may follow`);
  }
}

function spell(parts: readonly TemplatePart[]): string {
  return parts.map((part) => (typeof part === "string" ? part : `\${${part.name}}`)).join("");
}

/** Reads the text of a value. */
export function parseTemplate(text: string): Template {
  if (!text.includes("$") && !text.includes(LITERAL_DOLLAR))
    return { ok: true, parts: text === "" ? [] : [text] };
  try {
    return { ok: true, parts: new Parser(text).parts(0) };
  } catch (error) {
    if (error instanceof BadTemplate) return { ok: false, why: error.why };
    throw error;
  }
}

/** The names that a template may read, those in defaults included. */
export function* namesIn(parts: readonly TemplatePart[]): Iterable<string> {
  for (const part of parts) {
    if (typeof part === "string") continue;
    yield part.name;
    if (part.otherwise?.kind === "default") yield* namesIn(part.otherwise.parts);
  }
}
