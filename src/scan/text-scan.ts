/** Scans one text, whatever its size: known values in any bytes, forms of credentials in what is text. */
import { isAscii, isUtf8 } from "node:buffer";
import type { LeakRules, RuleMatch } from "../ports/leak-rules.ts";
import { identityOf, type KnownValue, type Leak, type Shape } from "./leak.ts";
import { findShapes } from "./shape-search.ts";
import { decoded, inUtf8, PlaceCount, type TextWindow, type WindowSizes, windowsOf } from "./text-windows.ts";
import type { ValueSearch } from "./value-search.ts";

/** Git decides by these whether a file is a text. */
const LOOKED_AT_BYTES = 8_000;
const WINDOW_BYTES = 4 * 1024 * 1024;
const OVERLAP_BYTES = 64 * 1024;

/** A stretch of a window's bytes, and what was found there. */
interface Hit {
  from: number;
  to: number;
  readonly values: KnownValue[];
  readonly shapes: Shape[];
}

export interface TextScan {
  readonly values: ValueSearch;
  readonly rules: LeakRules;
  /** For tests: how a text is cut. */
  readonly sizes?: WindowSizes;
}

/** What overlaps is one: a value that also has the form of a credential is said once. */
function joined(hits: readonly Hit[]): Hit[] {
  const all: Hit[] = [];
  for (const hit of [...hits].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = all.at(-1);
    if (!last || hit.from >= last.to) {
      all.push({ ...hit, values: [...hit.values], shapes: [...hit.shapes] });
      continue;
    }
    last.to = Math.max(last.to, hit.to);
    for (const value of hit.values) if (!last.values.includes(value)) last.values.push(value);
    last.shapes.push(...hit.shapes);
  }
  return all;
}

const LOW_SURROGATE = /^[\udc00-\udfff]/;

/** Where texts of UTF-8 stand in the bytes, one after the other. @param found in the order of their places */
function* byteRanges(text: string, found: readonly RuleMatch[]): Iterable<Pick<Hit, "from" | "to">> {
  let units = 0;
  let bytes = 0;
  for (const { from, to } of found) {
    // A pair counts as four bytes only where it is whole.
    const start = LOW_SURROGATE.test(text.charAt(from)) ? from - 1 : from;
    bytes += Buffer.byteLength(text.slice(units, start));
    units = start;
    yield { from: bytes, to: bytes + Buffer.byteLength(text.slice(start, to)) };
  }
}

async function shapeHits({ data }: TextWindow, path: string, rules: LeakRules): Promise<Hit[]> {
  const text = decoded(data);
  const matches = await findShapes(text, path, rules);
  const found = [...matches].sort((a, b) => a.from - b.from);
  const isByUnits = isAscii(data) || !isUtf8(data);
  const ranges = isByUnits ? found : [...byteRanges(text, found)];
  return found.map(({ rule, what, from, to }, index) => ({
    from: ranges[index]!.from,
    to: ranges[index]!.to,
    values: [],
    shapes: [{ rule, what, text: text.slice(from, to) }],
  }));
}

function valueHits({ data }: TextWindow, search: ValueSearch): Hit[] {
  return search.find(data).map(({ from, to, values }) => ({ from, to, values: [...values], shapes: [] }));
}

/** Two rules, or two forms of a rule, may know the same text. */
function distinct(shapes: readonly Shape[]): Shape[] {
  const seen = new Map(shapes.map((shape) => [JSON.stringify([shape.rule, shape.text]), shape]));
  return [...seen.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

/** Leaks of one text, in the order of their places. @param path shown nowhere; some rules are about files of a name */
export async function scanText(
  chunks: AsyncIterable<Buffer>,
  path: string,
  { values, rules, sizes }: TextScan,
): Promise<Leak[]> {
  const overlap = Math.max(OVERLAP_BYTES, 4 * values.longest);
  const found = new Map<string, Leak>();
  let isText: boolean | undefined;
  const cut = sizes ?? { size: Math.max(WINDOW_BYTES, 4 * overlap), overlap };
  for await (const window of windowsOf(inUtf8(chunks), cut)) {
    isText ??= !window.data.subarray(0, LOOKED_AT_BYTES).includes(0);
    const { own } = window;
    const places = new PlaceCount(window);
    const hits = [...valueHits(window, values), ...(isText ? await shapeHits(window, path, rules) : [])];
    for (const one of joined(hits).filter(({ from }) => from >= own.from && from < own.to)) {
      const hit = { values: one.values, shapes: distinct(one.shapes) };
      const identity = identityOf(hit);
      const known = found.get(identity);
      const times = (known?.times ?? 0) + 1;
      found.set(identity, known ? { ...known, times } : { ...places.placeOf(one.from), ...hit, times });
    }
  }
  return [...found.values()];
}
