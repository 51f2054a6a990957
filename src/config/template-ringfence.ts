/**
 * Ringfence's own syntax of interpolation: `${NAME}`, `${NAME:-default}` (unset or empty), `${NAME:?message}` (unset
 * or empty is an error), nested in defaults; `$${` is a literal `${`. A dollar sign without a brace means itself.
 */
import { LITERAL_DOLLAR } from "./layer-entry.ts";
import { BadTemplate, DEEPEST, matchAt, Parts, type Reference, type TemplatePart } from "./template-parts.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const PLAIN = /[^$}]+/y;

class Parser {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end of the text, or inside a reference up to its closing brace. */
  parts(depth: number): TemplatePart[] {
    if (depth > DEEPEST) throw new BadTemplate(`references are nested deeper than ${DEEPEST} levels`);
    const parts = new Parts();
    while (this.#offset < this.#text.length) {
      if (depth > 0 && this.#text[this.#offset] === "}") break;
      if (this.#text.startsWith("$${", this.#offset)) {
        parts.text("${");
        this.#offset += 3;
      } else if (this.#text.startsWith("${", this.#offset)) {
        parts.reference(this.#reference(depth));
      } else {
        const plain = matchAt(PLAIN, this.#text, this.#offset) ?? this.#text[this.#offset]!;
        parts.text(plain.replaceAll(LITERAL_DOLLAR, "$"));
        this.#offset += plain.length;
      }
    }
    return parts.done();
  }

  #reference(depth: number): Reference {
    const name = matchAt(NAME, this.#text, this.#offset + 2);
    if (name === undefined) throw new BadTemplate("${ is not followed by the name of a setting");
    this.#offset += 2 + name.length;
    const operator = this.#text.slice(this.#offset, this.#offset + 2);
    let otherwise: Reference["otherwise"];
    if (operator === ":-" || operator === ":?") {
      this.#offset += 2;
      const parts = this.parts(depth + 1);
      otherwise =
        operator === ":-"
          ? { kind: "default", missing: "empty", parts }
          : { kind: "required", missing: "empty", message: spell(parts) };
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

/** @throws BadTemplate */
export function readRingfenceTemplate(text: string): TemplatePart[] {
  return new Parser(text).parts(0);
}
