/**
 * All of YAML 1.2 (core schema) by the `yaml` library, with the place of every mistake. Duplicate keys are found here
 * because the library's own check compares every key with every other. Unknown tags, merge keys and several
 * documents are refused.
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
  BAD_DIRECTIVE: ["an unknown directive, or a version of YAML other than 1.2", "delete the line with %"],
  MULTIPLE_DOCS: ["a second document begins here", "delete the line with ---"],
  TAG_RESOLVE_FAILED: ["an unknown tag (!…)", "delete the tag"],
};

const SYNTAX_ELSE = [
  "this is not YAML",
  "check the quotes, brackets and indentation around here; inside { } a value with braces needs quotes",
] as const;

/** After these the tree is still what the writer meant; after others further findings would only be noise. */
const SOUND_AFTER = new Set<YAMLError["code"]>(["BAD_DQ_ESCAPE", "BAD_SCALAR_START", "TAG_RESOLVE_FAILED"]);

/** How a text that others wrote is read. */
export interface YamlOptions {
  /** `<<`, which YAML 1.2 does not know, is a key like others instead of a mistake; whoever asks merges. */
  readonly mergeKeys?: boolean;
}

class Reader {
  readonly problems: SourceProblem[] = [];
  /** True when a part of the tree is missing, so that checks on it would only be noise. */
  broken = false;
  readonly #anchors = new Map<string, { node: SourceNode; size: number }>();
  readonly #at: (offset: number) => Place;
  #size = 0;

  readonly #mergeKeys: boolean;

  constructor(at: (offset: number) => Place, { mergeKeys = false }: YamlOptions) {
    this.#at = at;
    this.#mergeKeys = mergeKeys;
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
    if (isAlias(node)) {
      const target = this.#alias(node.source, place);
      this.broken ||= target === undefined;
      return target ?? empty;
    }
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
        // Not its name: it may be a secret that begins with a star.
        "an alias (* and a name) has no anchor before it",
        "put a value that begins with * in quotes, or add the anchor",
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
      const name = this.#key(key, keyPlace);
      if (name === undefined) continue;
      const child = this.read(value, depth + 1, keyPlace);
      const first = entries.get(name);
      if (first) this.problems.push(duplicateKey(name, first.keyPlace, keyPlace));
      else entries.set(name, { keyPlace, value: child });
    }
    return { kind: "map", entries, place };
  }

  /** The text of a key; undefined, with a problem, for what can be none. */
  #key(key: ParsedNode, place: Place): string | undefined {
    // JavaScript objects can't carry __proto__ as a plain key: it would vanish unseen on the way.
    if (!isScalar(key) || key.value === "__proto__") {
      this.refuse(place, "this can be no key", "write a plain word as key");
      return undefined;
    }
    if (key.value === "<<" && key.type === "PLAIN" && !this.#mergeKeys) {
      this.refuse(place, "a merge key (<<) is no part of YAML 1.2", "write the keys themselves here");
      return undefined;
    }
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    const node: SourceNode = { kind: "scalar", value: scalarValue(key.value), text: name, place };
    if (key.anchor) this.#anchors.set(key.anchor, { node, size: 1 });
    return name;
  }
}

function scalarValue(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : String(value);
}

interface Parsed {
  readonly document: ReturnType<typeof parseDocument>;
  /** Errors and warnings by offset, at most one a line. What follows the first that upsets the tree is left out. */
  readonly complaints: readonly YAMLError[];
  /** True when the tree is what the writer meant. */
  readonly sound: boolean;
}

function parse(text: string, lineOf: (offset: number) => number): Parsed {
  const document = parseDocument(text, {
    uniqueKeys: false,
    // Else !!binary, !!set and other tags that are none of the core schema would change values unseen.
    resolveKnownTags: false,
    prettyErrors: false,
    strict: true,
    // `silent` would also keep quiet about a second document.
    logLevel: "error",
  });
  const complaints: YAMLError[] = [];
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])) {
    const line = lineOf(error.pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    complaints.push(error);
    if (!SOUND_AFTER.has(error.code)) return { document, complaints, sound: false };
  }
  return { document, complaints, sound: true };
}

/** A second `%YAML` before the document begins, which the library lets pass. */
function secondVersion(text: string): number | undefined {
  if (!text.startsWith("%") && !text.includes("\n%")) return undefined;
  const head = text.slice(0, text.search(/^---/m) + 1);
  return [...head.matchAll(/^%YAML[ \t]/gm)][1]?.index;
}

/** Tabs at the beginning of lines replaced by two spaces each, with a way back to the places in the text as it is. */
function withoutTabs(text: string, file: string): { text: string; at: (offset: number) => Place } {
  const added = new Map<number, number>();
  const lines = text.split("\n").map((line, index) => {
    const indent = /^[ \t]*/.exec(line)![0];
    const tabs = indent.split("\t").length - 1;
    if (tabs > 0) added.set(index + 1, tabs);
    return indent.replaceAll("\t", "  ") + line.slice(indent.length);
  });
  const repaired = lines.join("\n");
  const starts = lineStartsOf(repaired);
  const at = (offset: number): Place => {
    const { line, column } = placeAt(file, starts, offset);
    return { file, line, column: Math.max(1, column - (added.get(line) ?? 0)) };
  };
  return { text: repaired, at };
}

/** Reads YAML without a byte order mark. Never throws for what stands in it. */
export function readYamlDocument(text: string, file: string, options: YamlOptions = {}): Source {
  const starts = lineStartsOf(text);
  let at = (offset: number): Place => placeAt(file, starts, offset);
  let parsed = parse(text, (offset) => at(offset).line);
  const problems: SourceProblem[] = parsed.complaints.map(({ code, pos }) => {
    const [why, fix] = SYNTAX[code] ?? SYNTAX_ELSE;
    return { kind: "syntax", place: at(pos[0]), why, fix };
  });
  if (parsed.complaints.at(-1)?.code === "TAB_AS_INDENT") {
    // What stands behind a tab hangs at the wrong place in the tree; with spaces the other mistakes show as well.
    const repaired = withoutTabs(text, file);
    at = repaired.at;
    parsed = parse(repaired.text, (offset) => at(offset).line);
  }
  const version = secondVersion(text);
  if (version !== undefined) {
    const why = "the YAML version is said twice";
    problems.push({ kind: "syntax", place: at(version), why, fix: "delete one of the two lines" });
  }
  const { contents } = parsed.document;
  if (!parsed.sound || !contents) return { root: undefined, problems };
  const reader = new Reader(at, options);
  const root = reader.read(contents as ParsedNode, 0, at(0));
  return { root: reader.broken ? undefined : root, problems: [...problems, ...reader.problems] };
}
