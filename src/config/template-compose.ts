/**
 * The references of Docker Compose (compose-go 2): `$NAME`, `${NAME}`, and in braces `:-` `-` (a default), `:+` `+`
 * (a text where it is set), `:?` `?` (an error); with the colon the empty text counts as unset. What is not set is the
 * empty text.
 *
 * `$$` is a dollar sign, and so is a `$` before anything else. A `${` that begins no reference is an error. A reference
 * stays in its line.
 */
import { BadTemplate, DEEPEST, matchAt, Parts, type Reference, type TemplatePart } from "./template-parts.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:?[-+?]/y;
const PLAIN = /[^$]+/y;

/**
 * The closing brace of the reference whose opening one stands there: the one that balances it in its line, or else
 * the line's last. The character after an opening brace is not looked at: that is how Compose counts.
 */
function closingBrace(text: string, open: number, inside: number): number | undefined {
  let depth = 0;
  let last: number | undefined;
  for (let i = open; i < text.length && text[i] !== "\n"; i++) {
    const isClosing = text[i] === "}";
    if (isClosing && i >= inside) last = i;
    if (isClosing && --depth === 0) return i;
    if (text[i] !== "{") continue;
    depth++;
    // A line end is never passed over, and a brace there can still be the line's last.
    if (text[i + 1] === "\n") break;
    if (text[++i] === "}" && i >= inside) last = i;
  }
  return last;
}

class Parser {
  readonly #text: string;
  readonly #depth: number;
  #offset = 0;

  constructor(text: string, depth: number) {
    if (depth > DEEPEST) throw new BadTemplate(`references are nested deeper than ${DEEPEST} levels`);
    this.#text = text;
    this.#depth = depth;
  }

  parts(): TemplatePart[] {
    const parts = new Parts();
    while (this.#offset < this.#text.length) {
      const plain = matchAt(PLAIN, this.#text, this.#offset);
      if (plain !== undefined) {
        parts.text(plain);
        this.#offset += plain.length;
        continue;
      }
      this.#offset++;
      const name = matchAt(NAME, this.#text, this.#offset);
      const next = this.#text[this.#offset];
      if (name !== undefined) {
        parts.reference({ name, otherwise: { kind: "blank", missing: "unset" } });
        this.#offset += name.length;
      } else if (next === "{") {
        parts.reference(this.#braced());
      } else {
        parts.text("$");
        if (next === "$") this.#offset++;
      }
    }
    return parts.done();
  }

  #braced(): Reference {
    const open = this.#offset;
    const name = matchAt(NAME, this.#text, open + 1);
    if (name === undefined) throw new BadTemplate("${ is not followed by the name of a setting");
    const after = open + 1 + name.length;
    if (this.#text[after] === "}") {
      this.#offset = after + 1;
      return { name, otherwise: { kind: "blank", missing: "unset" } };
    }
    const operator = matchAt(OPERATOR, this.#text, after);
    if (operator === undefined)
      throw new BadTemplate(`after \${${name} only }, :-, -, :+, +, :? or ? may follow`);
    const inside = after + operator.length;
    const close = closingBrace(this.#text, open, inside);
    if (close === undefined) throw new BadTemplate(`\${${name} is not closed with } in its line`);
    this.#offset = close + 1;
    const rest = this.#text.slice(inside, close);
    const missing = operator.startsWith(":") ? "empty" : "unset";
    if (operator.endsWith("?")) return { name, otherwise: { kind: "required", missing, message: rest } };
    const parts = new Parser(rest, this.#depth + 1).parts();
    return {
      name,
      otherwise: { kind: operator.endsWith("+") ? "alternative" : "default", missing, parts },
    };
  }
}

/** @throws BadTemplate */
export function readComposeTemplate(text: string): TemplatePart[] {
  return new Parser(text, 0).parts();
}
