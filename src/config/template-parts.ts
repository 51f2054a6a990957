/** What every syntax of interpolation is read into: literal texts and references. */

/** Whose references a value has: Ringfence's own, those of dotenv-expand, or those of Docker Compose. */
export type TemplateSyntax = "ringfence" | "dotenv" | "compose";

export type TemplatePart = string | Reference;

/** What a reference counts as missing: only what is not set, or what is set to the empty text as well. */
type Missing = "unset" | "empty";

export interface Reference {
  readonly name: string;
  /** What follows the name, as `:-` or `:?`; undefined for a reference that must have a value. */
  readonly otherwise: /** Stands where the setting is missing. */
    | { readonly kind: "default"; readonly missing: Missing; readonly parts: readonly TemplatePart[] }
    /** Stands where the setting is not missing; otherwise nothing does. */
    | { readonly kind: "alternative"; readonly missing: Missing; readonly parts: readonly TemplatePart[] }
    /** References in a message are not followed: what they read might be secret. */
    | { readonly kind: "required"; readonly missing: Missing; readonly message: string }
    /** A plain reference of a syntax that takes what is not set for the empty text. */
    | { readonly kind: "blank"; readonly missing: "unset" }
    | undefined;
}

/** References may be nested so deep, and no deeper: reading them takes the stack. */
export const DEEPEST = 50;

/** How a text fails to be a template. Quotes at most the name of the broken reference. */
export class BadTemplate {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** What a sticky pattern matches at an offset. */
export function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

/** Collects parts; literal texts that meet become one. */
export class Parts {
  readonly #parts: TemplatePart[] = [];
  #literal = "";

  text(text: string): void {
    this.#literal += text;
  }

  reference(reference: Reference): void {
    if (this.#literal) this.#parts.push(this.#literal);
    this.#literal = "";
    this.#parts.push(reference);
  }

  done(): TemplatePart[] {
    if (this.#literal) this.#parts.push(this.#literal);
    this.#literal = "";
    return this.#parts;
  }
}
