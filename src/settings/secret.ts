/** A secret value that shows itself only to who asks for it by name. */

/** Prints as `[secret NAME]` wherever it is logged, joined, inspected or serialised. */
export class Secret<T = string> {
  readonly #name: string;
  readonly #value: T;

  constructor(name: string, value: T) {
    this.#name = name;
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself: hand it to what needs it, keep it in no variable. */
  open(): T {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.#name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  /** What `console.log` and `util.inspect` show, at any depth and with any option. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
