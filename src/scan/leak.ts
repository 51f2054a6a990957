/** What a scan looks for, and what it finds. A leak carries the found text: that never leaves this room. */

/** A value that must stand nowhere in the open, and the setting that has it. */
export interface KnownValue {
  readonly name: string;
  readonly environment: string;
  readonly text: string;
  /** It is no longer the setting's value: an earlier revision of the secrets file had it. */
  readonly former: boolean;
}

/** What a rule says of a stretch of text. */
export interface Shape {
  readonly rule: string;
  readonly what: string;
  readonly text: string;
}

/** One stretch of a text that gives something away; the same again in the same text only counts. */
export interface Leak {
  readonly line: number;
  /** UTF-16 units, from 1. */
  readonly column: number;
  readonly values: readonly KnownValue[];
  readonly shapes: readonly Shape[];
  readonly times: number;
}

/** What must be equal for two leaks to say the same: whose values they are, or what the rules found. */
export function identityOf({ values, shapes }: Pick<Leak, "values" | "shapes">): string {
  if (values.length > 0)
    return JSON.stringify(values.map(({ name, environment, former }) => [name, environment, former]));
  return JSON.stringify(shapes.map(({ rule, text }) => [rule, text]));
}
