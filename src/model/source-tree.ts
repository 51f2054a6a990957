/** A layer's text as a tree in which every value and key knows its place. The readers are beside it, one a format. */
import type { Place, Span } from "../base/place.ts";
import type { SettingValue } from "./setting.ts";

export type SourceNode = SourceScalar | SourceList | SourceMap;

export interface SourceScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** What stands in the file, without quotes: `1.10` where the value is 1.1. */
  readonly text: string;
  readonly place: Place;
}

export interface SourceList {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
  readonly place: Place;
}

export interface SourceMap {
  readonly kind: "map";
  /** In the order of the file. Where a key stands twice, the first one; the second is a problem. */
  readonly entries: ReadonlyMap<string, SourceEntry>;
  readonly place: Place;
}

export interface SourceEntry {
  readonly keyPlace: Place;
  readonly value: SourceNode;
}

/** Where a tree's values stand, and its keys by their entries: what an editor has to know and a reader need not. */
export type SourceSpans = Map<SourceNode | SourceEntry, Span>;

/** What is wrong with the text itself. */
export interface SourceProblem {
  readonly kind: "syntax" | "duplicate";
  readonly place: Place;
  /** Never quotes the text: a secret might stand in it. Key names are no secrets. */
  readonly why: string;
  readonly fix: string;
}

export interface Source {
  /** Undefined where the text is empty, or too broken to go on. */
  readonly root: SourceNode | undefined;
  readonly problems: readonly SourceProblem[];
}

/** Deeper nesting is refused: nothing that people write needs it, and it would exhaust the stack. */
export const DEEPEST_SOURCE = 100;

/** The problem of a key that stands twice in one map. */
export function duplicateKey(key: string, first: Place, second: Place): SourceProblem {
  return {
    kind: "duplicate",
    place: second,
    why: `the key ${key} stands here and at ${first.file}:${first.line}:${first.column}`,
    fix: `delete one of the two ${key}`,
  };
}

/** The plain value of a tree. Maps become objects without a prototype. */
export function plainValue(node: SourceNode): SettingValue {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  const plain: Record<string, SettingValue> = Object.create(null);
  for (const [key, { value }] of node.entries) plain[key] = plainValue(value);
  return plain;
}

/** The entry of a map, undefined where the node is no map or has no such key. */
function entryOf(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

/** The value under a path of keys, undefined where a step is missing. */
export function nodeAt(node: SourceNode | undefined, path: readonly PropertyKey[]): SourceNode | undefined {
  let current = node;
  for (const step of path) {
    current = current?.kind === "list" ? current.items[Number(step)] : entryOf(current, String(step))?.value;
  }
  return current;
}

/** Where the entry at the end of the path stands: its key in a map, the item in a list; or the nearest above it. */
export function placeOf(root: SourceNode, path: readonly PropertyKey[]): Place {
  let current: SourceNode = root;
  let place = root.place;
  for (const step of path) {
    const entry: SourceEntry | undefined = entryOf(current, String(step));
    const next: SourceNode | undefined = current.kind === "list" ? current.items[Number(step)] : entry?.value;
    if (!next) return place;
    place = entry?.keyPlace ?? next.place;
    current = next;
  }
  return place;
}

/** The entries of the map at the path; none where there is no map. */
export function entriesAt(root: SourceNode | undefined, ...path: string[]): [string, SourceEntry][] {
  const node = nodeAt(root, path);
  return node?.kind === "map" ? [...node.entries] : [];
}

/** The texts at the path with their places: of a list, or of a single text. Others are left out. */
export function textsAt(
  root: SourceNode | undefined,
  ...path: string[]
): { readonly text: string; readonly place: Place }[] {
  const node = nodeAt(root, path);
  const items = node?.kind === "list" ? node.items : node ? [node] : [];
  return items.flatMap((item) =>
    item.kind === "scalar" && typeof item.value === "string" ? [{ text: item.value, place: item.place }] : [],
  );
}
