/** Finds known values in bytes, in any of their encodings, and says whose they are. */
import { encodingsOf, partsOf } from "../base/secret-forms.ts";
import { createScanner } from "../base/secret-scanner.ts";
import { isTelling } from "../model/credential-text.ts";
import type { KnownValue } from "./leak.ts";

/** An encoding that is shorter stands in ordinary text by chance. */
const SHORTEST_FORM = 8;

export interface ValueHit {
  /** Offsets in the bytes. */
  readonly from: number;
  readonly to: number;
  readonly values: readonly KnownValue[];
}

export interface ValueSearch {
  find(data: Buffer): ValueHit[];
  /** Bytes of the longest form. */
  readonly longest: number;
  /** Values that can't be told from ordinary text, so that nobody looks for them. */
  readonly tooCommon: readonly KnownValue[];
}

/** Whose values each form is. What is current is not also former. */
function formsOf(values: readonly KnownValue[]): Map<string, KnownValue[]> {
  const forms = new Map<string, KnownValue[]>();
  for (const value of values) {
    const own = partsOf(value.text).filter(isTelling).flatMap(encodingsOf);
    for (const form of new Set(own.filter(({ length }) => length >= SHORTEST_FORM))) {
      const bytes = Buffer.from(form).toString("latin1");
      const owners = forms.get(bytes);
      if (owners) owners.push(value);
      else forms.set(bytes, [value]);
    }
  }
  return forms;
}

/** The forms within a range that the scanner found: overlapping ones are one range there. */
function formsIn(range: string, forms: ReadonlyMap<string, KnownValue[]>): { at: number; form: string }[] {
  if (forms.has(range)) return [{ at: 0, form: range }];
  const found = [...forms.keys()].flatMap((form) => {
    const at = range.indexOf(form);
    return at < 0 ? [] : [{ at, form }];
  });
  const isWithin = (one: (typeof found)[number], other: (typeof found)[number]) =>
    one !== other &&
    one.form.length < other.form.length &&
    one.at >= other.at &&
    one.at + one.form.length <= other.at + other.form.length;
  return found.filter((one) => !found.some((other) => isWithin(one, other)));
}

export function createValueSearch(values: readonly KnownValue[]): ValueSearch {
  const forms = formsOf(values);
  const needles = [...forms.keys()].map((form) => Buffer.from(form, "latin1"));
  const scanner = needles.length > 0 ? createScanner(needles.map((needle) => needle.toString())) : undefined;
  return {
    longest: needles.reduce((most, { length }) => Math.max(most, length), 0),
    tooCommon: values.filter(({ text }) => !isTelling(text)),
    find(data) {
      const ranges = scanner?.scan(data, true, 0).ranges ?? [];
      return ranges.flatMap(({ from, to }) =>
        formsIn(data.toString("latin1", from, to), forms).map(({ at, form }) => ({
          from: from + at,
          to: from + at + form.length,
          values: forms.get(form)!,
        })),
      );
    },
  };
}
