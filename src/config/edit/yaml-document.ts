/** A YAML text as the `yaml` package parses it, and where things in it end. What setting and removing share. */
import {
  type Document,
  isCollection,
  isPair,
  isScalar,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Json } from "../../base/canonical-json.ts";

export type ParsedDocument = Document.Parsed<ParsedNode>;
export type ParsedPair = Pair<ParsedNode, ParsedNode | null>;
export type Collection = YAMLMap.Parsed<ParsedNode> | YAMLSeq.Parsed<ParsedNode>;
export type Item = Collection["items"][number];

export function parseYaml(text: string): ParsedDocument {
  return parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
}

export function dataOf(node: ParsedDocument | ParsedNode, document: ParsedDocument): Json {
  // How often aliases may be followed was checked when the text was read.
  return node === document ? document.toJS({ maxAliasCount: -1 }) : (node as ParsedNode).toJS(document);
}

/** A key as the reader names it: what is no text keeps how it is written, such as `0x10`. */
function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

/** The pair of a map under a key, as a path names it. */
export function pairOf(map: { readonly items: readonly ParsedPair[] }, key: string): ParsedPair | undefined {
  return map.items.find((pair) => nameOf(pair.key) === key);
}

export function isEmptyFlow(node: ParsedNode | null): boolean {
  return isCollection(node) && node.flow === true && node.items.length === 0;
}

export function isQuoted(node: unknown): boolean {
  return isScalar(node) && node.type === "QUOTE_DOUBLE";
}

/** Behind the last character that belongs to it, without trailing comments and blank lines. */
export function endOf(text: string, item: Item | ParsedNode): number {
  if (isPair(item)) return item.value ? endOf(text, item.value as ParsedNode) : item.key.range[1];
  const node = item as ParsedNode;
  if (isCollection(node) && !node.flow && node.items.length > 0) return endOf(text, node.items.at(-1)!);
  const [from, to] = node.range;
  if (!isScalar(node) || (node.type !== "BLOCK_LITERAL" && node.type !== "BLOCK_FOLDED")) return to;
  // With `+` the blank lines at its end belong to the text (YAML 1.2.2, 8.1.1.2).
  const written = text.slice(from, to);
  return /^.[^\n#]*\+/.test(written) ? to : from + written.trimEnd().length;
}
