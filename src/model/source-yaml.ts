/**
 * Reads YAML 1.2 (core schema) into a source tree. Duplicate keys are found here because the library's own
 * check compares every key with every other. Unknown tags, merge keys and several documents are refused.
 */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, type YAMLError } from "yaml";
import { lineStartsOf, type Place, placeAt } from "../base/place.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type Source,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
} from "./source-tree.ts";

/** With aliases a short text can stand for a giant tree; beyond this many values it is refused. */
const LARGEST_TREE = 1_000_000;

const SYNTAX: Partial<Record<YAMLError["code"], readonly [why: string, fix: string]>> = {
  TAB_AS_INDENT: ["a tab is used as indentation", "indent with spaces"],
  BAD_INDENT: [
    "the indentation does not fit, or a bracket is not closed",
    "align the lines, close the bracket",
  ],
  MISSING_CHAR: ["a closing quote or bracket, or a colon is missing", "add it"],
  BAD_DQ_ESCAPE: ["an unknown escape in double quotes", "write \\\\ for a backslash, or use single quotes"],
  BAD_SCALAR_START: ["a value without quotes can't begin like this", "put the value in quotes"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a second colon on the line, or a line that is indented too far",
    "put a value that contains ': ' in quotes, or align the line with its neighbours",
  ],
  MULTILINE_IMPLICIT_KEY: [
    "a key runs over several lines",
    "end the line before with ': value', or align it",
  ],
  MULTIPLE_DOCS: ["a second document begins here", "delete the line with ---"],
  TAG_RESOLVE_FAILED: ["an unknown tag (!…)", "delete the tag"],
};

/** After these the tree is still what the writer meant; after others further findings would only be noise. */
const SOUND_AFTER = new Set<YAMLError["code"]>([
  "TAB_AS_INDENT",
  "BAD_DQ_ESCAPE",
  "BAD_SCALAR_START",
  "TAG_RESOLVE_FAILED",
]);

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly #anchors = new Map<string, { node: SourceNode; size: number }>();
  readonly #at: (offset: number) => Place;
  #size = 0;

  constructor(at: (offset: number) => Place) {
    this.#at = at;
  }

  refuse(place: Place, why: string, fix: string): void {
    this.problems.push({ kind: "syntax", place, why, fix });
  }

  read(node: ParsedNode | null, depth: number, fallback: Place): SourceNode {
    const empty: SourceNode = { kind: "scalar", value: null, text: "", place: fallback };
    if (!node) return empty;
    const place = this.#at(node.range[0]);
    this.#size++;
    if (depth > DEEPEST_SOURCE) {
      if (depth === DEEPEST_SOURCE + 1)
        this.refuse(place, `nested deeper than ${DEEPEST_SOURCE} levels`, "flatten it");
      return empty;
    }
    if (isAlias(node)) return this.#alias(node.source, place) ?? empty;
    const before = this.#size;
    const read = this.#collection(node, depth, place);
    if (node.anchor) this.#anchors.set(node.anchor, { node: read, size: this.#size - before + 1 });
    return read;
  }

  #alias(name: string, place: Place): SourceNode | undefined {
    const target = this.#anchors.get(name);
    if (!target) {
      this.refuse(
        place,
        `the alias *${name} has no anchor before it`,
        `add &${name} to the value it stands for`,
      );
      return undefined;
    }
    this.#size += target.size;
    if (this.#size <= LARGEST_TREE) return target.node;
    this.refuse(
      place,
      `aliases blow the document up to more than ${LARGEST_TREE} values`,
      "use fewer aliases",
    );
    return undefined;
  }

  #collection(node: ParsedNode, depth: number, place: Place): SourceNode {
    if (isSeq<ParsedNode>(node)) {
      return { kind: "list", items: node.items.map((item) => this.read(item, depth + 1, place)), place };
    }
    if (!isMap<ParsedNode, ParsedNode | null>(node)) {
      const value = isScalar(node) ? node.value : null;
      const text = isScalar(node) && typeof node.source === "string" ? node.source : String(value ?? "");
      return {
        kind: "scalar",
        value: scalarValue(value),
        text: typeof value === "string" ? value : text,
        place,
      };
    }
    const entries = new Map<string, SourceEntry>();
    for (const { key, value } of node.items) {
      const keyPlace = key ? this.#at(key.range[0]) : place;
      if (!isScalar(key)) {
        this.refuse(keyPlace, "a key must be a text", "write a plain word as key");
        continue;
      }
      const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
      const child = this.read(value, depth + 1, keyPlace);
      const first = entries.get(name);
      if (first) this.problems.push(duplicateKey(name, first.keyPlace, keyPlace));
      else entries.set(name, { keyPlace, value: child });
    }
    return { kind: "map", entries, place };
  }
}

function scalarValue(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : String(value);
}

/** Reads YAML. Places count from the text's first character; a byte order mark is skipped. */
export function readYaml(withMark: string, file: string): Source {
  const text = withMark.startsWith("\ufeff") ? withMark.slice(1) : withMark;
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, Math.min(offset, text.length));
  const reader = new Reader(at);
  const document = parseDocument(text, {
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    logLevel: "silent",
  });
  const lines = new Set<number>();
  for (const { code, pos } of [...document.errors, ...document.warnings].sort(
    (a, b) => a.pos[0] - b.pos[0],
  )) {
    const place = at(pos[0]);
    if (lines.has(place.line)) continue;
    lines.add(place.line);
    const [why, fix] = SYNTAX[code] ?? [
      "this is not YAML",
      "see https://yaml.org/spec/1.2.2/ for the syntax",
    ];
    reader.refuse(place, why, fix);
  }
  const sound = document.errors.every(({ code }) => SOUND_AFTER.has(code));
  if (!sound || !document.contents) return { root: undefined, problems: reader.problems };
  const root = reader.read(document.contents, 0, at(0));
  return { root, problems: reader.problems };
}
