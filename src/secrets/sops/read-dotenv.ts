/**
 * SOPS files in dotenv form: `NAME=value` lines without quotes, a line feed in a value written as `\n`, and the
 * metadata flattened into names such as `sops_age__list_0__map_recipient`.
 */
import type { Place } from "../../base/place.ts";
import {
  assertPrintable,
  type Leaf,
  type MetadataNode,
  malformed,
  noMetadata,
  type SopsDocument,
} from "./document.ts";

export const METADATA_PREFIX = "sops_";

type Tree = { [key: string]: Tree | string };

/** `age__list_0__map_enc` → age, 0, enc. */
function keysOf(flat: string): string[] {
  return flat.split(/__map_|__list_/);
}

function plant(tree: Tree, keys: readonly string[], value: string): boolean {
  let node = tree;
  for (const key of keys.slice(0, -1)) {
    const next: Tree | string = node[key] ?? Object.create(null);
    if (typeof next === "string") return false;
    node[key] = next;
    node = next;
  }
  const last = keys.at(-1)!;
  if (last in node) return false;
  node[last] = value;
  return true;
}

/** A node whose keys are 0, 1, 2 … is a list. */
function toMetadata(node: Tree | string): MetadataNode {
  if (typeof node === "string") return node;
  const keys = Object.keys(node);
  const children = Object.entries(node).map(([key, child]) => [key, toMetadata(child)] as const);
  const isList = keys.length > 0 && keys.every((key, index) => key === String(index));
  return isList ? children.map(([, child]) => child) : Object.fromEntries(children);
}

/** @throws SECRETS_MALFORMED */
export function readDotenv(text: string, file: string): SopsDocument {
  const leaves: Leaf[] = [];
  const tree: Tree = Object.create(null);
  const places = new Map<string, Place>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const place = { file, line: index + 1, column: 1 };
    const split = line.indexOf("=");
    if (split < 1) throw malformed(place, "a line is no NAME=value");
    const name = line.slice(0, split);
    assertPrintable(name, place);
    if (places.has(name)) throw malformed(place, `the key ${name} stands here twice`);
    places.set(name, place);
    const value = line.slice(split + 1).replaceAll("\\n", "\n");
    if (!name.startsWith(METADATA_PREFIX)) {
      leaves.push({ path: [name], name, place, text: value, plain: value });
    } else if (!plant(tree, keysOf(name.slice(METADATA_PREFIX.length)), value)) {
      throw malformed(place, `${name} contradicts a line before it`);
    }
  }
  const metadata = toMetadata(tree);
  if (typeof metadata === "string" || Array.isArray(metadata) || Object.keys(metadata).length === 0)
    throw noMetadata(file, text);
  const placeOf = (...keys: readonly (string | number)[]): Place => {
    const wanted = keys.join(" ");
    for (const [name, place] of places) {
      if (!name.startsWith(METADATA_PREFIX)) continue;
      const flat = keysOf(name.slice(METADATA_PREFIX.length)).join(" ");
      if (flat === wanted || flat.startsWith(`${wanted} `)) return place;
    }
    return { file, line: 1, column: 1 };
  };
  return { leaves, metadata: metadata as SopsDocument["metadata"], placeOf };
}
