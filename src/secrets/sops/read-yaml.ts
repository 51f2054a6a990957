/** SOPS files in YAML form; JSON is read by the same parser after the stricter grammar has been checked. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from "yaml";
import { lineStartsOf, type Place, placeAt } from "../../base/place.ts";
import {
  assertPrintable,
  type Leaf,
  type MetadataNode,
  malformed,
  noMetadata,
  type SopsDocument,
  unsupported,
} from "./document.ts";
import { goPlainScalar } from "./go-scalar.ts";

const TEXT_TAG = "tag:yaml.org,2002:str";
const METADATA_KEY = "sops";

type Locate = (node: Node | null | undefined) => Place;

function locator(file: string, text: string): { at(offset: number): Place; of: Locate } {
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, Math.min(offset, text.length));
  return { at, of: (node) => at(node?.range?.[0] ?? 0) };
}

function parse(text: string, file: string): Document {
  const document = parseDocument(text, {
    schema: "failsafe",
    // Its own duplicate check is quadratic; `entriesOf` has one.
    uniqueKeys: false,
    // The parser's messages quote the source, which may hold a value in plain text.
    prettyErrors: false,
    // `silent` would also keep quiet about a second document.
    logLevel: "error",
  });
  const [error] = document.errors;
  if (!error) return document;
  const place = locator(file, text).at(error.pos[0]);
  if (error.code === "MULTIPLE_DOCS")
    throw unsupported(
      place,
      "a second YAML document begins here; a secrets file is one document",
      `keep one document in ${file} and put the others into files of their own`,
    );
  throw malformed(place, `the YAML can't be read: ${error.code.toLowerCase().replaceAll("_", " ")}`);
}

/** Keys and values of a map. @throws for keys that are no text or stand there twice. */
function entriesOf(map: YAMLMap, of: Locate): { key: string; keyNode: Node; value: Node | null }[] {
  const seen = new Set<string>();
  return map.items.map(({ key, value }) => {
    const keyNode = key as Node;
    if (!isScalar(keyNode) || typeof keyNode.value !== "string")
      throw malformed(of(keyNode), "a key is no text");
    assertPrintable(keyNode.value, of(keyNode));
    if (seen.has(keyNode.value)) throw malformed(of(keyNode), `the key ${keyNode.value} stands here twice`);
    seen.add(keyNode.value);
    return { key: keyNode.value, keyNode, value: value as Node | null };
  });
}

interface Position {
  readonly path: readonly string[];
  readonly name: string;
  readonly place: Place;
}

function* leavesOf(node: Node | null, at: Position, of: Locate): Generator<Leaf> {
  if (isMap(node)) {
    for (const { key, keyNode, value } of entriesOf(node, of)) {
      const name = at.name === "" ? key : `${at.name}.${key}`;
      yield* leavesOf(value, { path: [...at.path, key], name, place: of(keyNode) }, of);
    }
    return;
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const child = item as Node | null;
      yield* leavesOf(child, { path: at.path, name: `${at.name}.${index}`, place: of(child) }, of);
    }
    return;
  }
  if (isAlias(node)) {
    throw unsupported(of(node), "a YAML alias (`*name`) stands in for a value", "write the value out");
  }
  if (!isScalar(node)) return;
  const tag = node.tag;
  if (tag !== undefined && tag !== TEXT_TAG)
    throw unsupported(of(node), "a YAML tag gives a value a type of its own", "remove the tag");
  const source = String(node.value);
  if (tag === TEXT_TAG || node.type !== "PLAIN") {
    yield { ...at, text: source, plain: source };
    return;
  }
  const plain = goPlainScalar(source);
  if (plain === undefined) return;
  yield { ...at, text: source, plain };
}

function readTree(text: string, file: string): SopsDocument {
  const document = parse(text, file);
  const { of } = locator(file, text);
  const root = document.contents as Node | null;
  if (!isMap(root)) throw noMetadata(file, text);
  const entries = entriesOf(root, of);
  const sops = entries.find(({ key }) => key === METADATA_KEY);
  if (!sops || !isMap(sops.value)) throw noMetadata(file, text);
  // Refuses aliases and duplicate keys in the metadata as well.
  [...leavesOf(sops.value, { path: [], name: METADATA_KEY, place: of(sops.keyNode) }, of)];
  const placeOf = (...keys: readonly (string | number)[]): Place => {
    for (let length = keys.length; length > 0; length--) {
      const node = document.getIn([METADATA_KEY, ...keys.slice(0, length)], true) as Node | undefined;
      if (node?.range) return of(node);
    }
    return of(sops.keyNode);
  };
  return {
    leaves: entries
      .filter((entry) => entry !== sops)
      .flatMap(({ key, keyNode, value }) => [
        ...leavesOf(value, { path: [key], name: key, place: of(keyNode) }, of),
      ]),
    metadata: sops.value.toJS(document) as { [key: string]: MetadataNode },
    placeOf,
  };
}

/** @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function readYaml(text: string, file: string): SopsDocument {
  return readTree(text, file);
}

/** @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function readJson(text: string, file: string): SopsDocument {
  try {
    JSON.parse(text);
  } catch (error) {
    // V8 does not always say where; mostly the YAML parser stumbles over the same place.
    const offset = /at position ([0-9]+)/.exec(String(error))?.[1];
    if (!offset) parse(text, file);
    throw malformed(locator(file, text).at(Number(offset ?? 0)), "the JSON can't be read");
  }
  return readTree(text, file);
}
