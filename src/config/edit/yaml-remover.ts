/** Takes a key out of a YAML text, or gives it another name in place: which lines and characters to replace. */
import { isMap, type ParsedNode } from "yaml";
import type { Span } from "../../base/place.ts";
import { withoutItem } from "./braces.ts";
import { entryLines, marginOf, type Splice } from "./text-splice.ts";
import { endOf, isQuoted, type ParsedDocument, type ParsedPair, pairOf } from "./yaml-document.ts";
import { keyText } from "./yaml-text.ts";

const COMMENT = /^#/;

interface Found {
  readonly pair: ParsedPair;
  readonly siblings: readonly ParsedPair[];
  /** Of the map that they stand in. */
  readonly range: Span;
  readonly flow: boolean;
  /** Behind the key of that map; 0 at the root. */
  readonly floor: number;
}

/** Undefined where a step is missing, or is an alias: what stands there is written elsewhere. */
function find(document: ParsedDocument, path: readonly string[]): Found | undefined {
  let node: ParsedNode | null = document.contents;
  let floor = 0;
  let flow = false;
  let found: Found | undefined;
  for (const key of path) {
    if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
    const siblings = node.items as readonly ParsedPair[];
    const pair = pairOf({ items: siblings }, key);
    if (!pair) return undefined;
    flow ||= node.flow === true;
    const [from, to] = (node as ParsedNode).range;
    found = { pair, siblings, range: { from, to }, flow, floor };
    floor = pair.key.range[1];
    node = pair.value;
  }
  return found;
}

/** Undefined where the key is not in the text as lines or characters of its own. */
export function withoutYamlKey(
  text: string,
  document: ParsedDocument,
  path: readonly string[],
): readonly Splice[] | undefined {
  const found = find(document, path);
  if (!found) return undefined;
  const { pair, siblings, range, flow, floor } = found;
  const index = siblings.indexOf(pair);
  const span = (one: ParsedPair): Span => ({ from: one.key.range[0], to: endOf(text, one) });
  if (flow) {
    const braces = { open: range.from, close: range.to - 1, items: siblings.map(span) };
    return withoutItem(text, braces, index, COMMENT);
  }
  if (marginOf(text, pair.key.range[0]).trim() !== "") return undefined;
  const before = siblings[index - 1];
  const end = before ? endOf(text, before) : floor;
  const isLast = index > 0 && index === siblings.length - 1;
  return [{ ...entryLines(text, span(pair), { floor: end, isLast, comment: COMMENT }), text: "" }];
}

/** Undefined where the key is not in the text. */
export function withYamlKey(
  document: ParsedDocument,
  path: readonly string[],
  key: string,
): Splice | undefined {
  const old = find(document, path)?.pair.key;
  return old && { from: old.range[0], to: old.range[1], text: keyText(key, isQuoted(old)) };
}

/** Where the value under a path stands; undefined where it has none, or is an alias. */
export function yamlValueSpan(document: ParsedDocument, path: readonly string[]): Span | undefined {
  const value = find(document, path)?.pair.value;
  return value ? { from: value.range[0], to: value.range[1] } : undefined;
}
