/** A secret value that shows itself only to who asks for it by name. */
import { rememberSecret } from "../base/redact.ts";

/** Texts of the secrets that this process holds. */
const texts = new Set<string>();

/** Makes the redactor know every secret of this process: done only before something is shown that may hold one. */
export function rememberSecrets(): void {
  for (const text of texts) rememberSecret(text);
}

function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number") yield String(value);
  else if (typeof value === "object" && value !== null)
    for (const part of Object.values(value)) yield* textsIn(part);
}

/**
 * Prints as `[secret NAME]` wherever it is logged, joined, inspected or serialised. What copies properties (spread,
 * `structuredClone`, a message to a worker) gets that text in place of the value.
 */
export class Secret<T = string> {
  /** `[secret NAME]`: the one own property, for what looks at nothing else. */
  readonly shown: string;
  readonly #value: T;

  constructor(name: string, value: T) {
    this.shown = `[secret ${name}]`;
    this.#value = value;
    for (const text of textsIn(value)) texts.add(text);
    Object.freeze(this);
  }

  /** The value itself: hand it to what needs it, keep it in no variable. */
  open(): T {
    return this.#value;
  }

  toString(): string {
    return this.shown;
  }

  toJSON(): string {
    return this.shown;
  }

  [Symbol.toPrimitive](): string {
    return this.shown;
  }

  /** What `console.log` and `util.inspect` show, at any depth and with any option. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.shown;
  }
}
