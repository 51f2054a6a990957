/** "Did you mean" for settings, with a bound: comparing thousands of unknown names with thousands of known ones would take minutes. */
import { nearest } from "../base/nearest.ts";

const MOST_LOOKUPS = 20;

export class Suggestions {
  readonly #known: readonly string[];
  #left = MOST_LOOKUPS;

  constructor(known: Iterable<string>) {
    this.#known = [...known];
  }

  /** The known name nearest to a mistyped one; undefined if none is near, or when asked too often. */
  for(name: string): string | undefined {
    if (this.#left <= 0) return undefined;
    this.#left--;
    return nearest(name, this.#known);
  }
}
