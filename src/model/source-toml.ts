/**
 * Reads TOML into a source tree. smol-toml says what is valid and what the values are; the places are ours. Dates,
 * times and whole numbers beyond 2^53 are texts, as they are written: no other form would keep them.
 */

import { parse, TomlError, type TomlTable } from "smol-toml";
import { markOf } from "../base/byte-order-mark.ts";
import { lineStartsOf, type Place } from "../base/place.ts";
import { endOfTomlKey } from "./source-toml-outline.ts";
import { type TomlMark, TomlPlaces } from "./source-toml-places.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type Source,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
} from "./source-tree.ts";

type TomlValue = TomlTable[string];

/** By the beginning of smol-toml's message; its rest quotes the text and is never shown. */
const SYNTAX: readonly (readonly [message: RegExp, why: string, fix: string])[] = [
  [/followed by an end-of-line/, "something follows after the value", "write one key = value a line"],
  [/nested/, `nested deeper than ${DEEPEST_SOURCE} levels`, "flatten it"],
  [/table|array|structure/, "a bracket or a comma is missing", "close the bracket, put commas between items"],
  [/key/, "this is no key = value", "write key = value; put a key with other characters in double quotes"],
  [/date|time/, "this is no date or time", "write 2030-01-31T08:00:00Z, or put the text in double quotes"],
  [/escape/, "an unknown escape in double quotes", "write \\\\ for a backslash, or use single quotes"],
  [/control/, "a control character, or a line end in a string of one line", 'write its escape, or use """'],
  [/string/, "a string is not closed", "add the closing quote"],
  [/lossless|numeric|integer|number|zero|underscore/, "this is no number", "put a text in double quotes"],
];

const SYNTAX_ELSE = ["no TOML value begins here", "put a text in double quotes"] as const;

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

class Tree {
  readonly problems: SourceProblem[] = [];

  #refuse(place: Place, why: string, fix: string): SourceNode {
    this.problems.push({ kind: "syntax", place, why, fix });
    return { kind: "scalar", value: null, text: "", place };
  }

  node(value: TomlValue, mark: TomlMark, depth: number): SourceNode {
    const { place, text } = mark;
    if (depth > DEEPEST_SOURCE) {
      return this.#refuse(place, `nested deeper than ${DEEPEST_SOURCE} levels`, "flatten it");
    }
    if (Array.isArray(value)) {
      return {
        kind: "list",
        items: value.map((item, i) => this.node(item, mark.items[i]!, depth + 1)),
        place,
      };
    }
    if (isTable(value)) return this.#map(value, mark, depth);
    if (typeof value === "object" || typeof value === "bigint")
      return { kind: "scalar", value: text, text, place };
    return { kind: "scalar", value, text: typeof value === "string" ? value : text, place };
  }

  #map(table: TomlTable, { children, place }: TomlMark, depth: number): SourceNode {
    const entries = new Map<string, SourceEntry>();
    for (const [name, child] of children) {
      // As in YAML: JavaScript objects can't carry it as a plain key.
      if (name === "__proto__")
        this.#refuse(child.keyPlace, "this can be no key", "write another word as key");
      else entries.set(name, { keyPlace: child.keyPlace, value: this.node(table[name]!, child, depth + 1) });
    }
    return { kind: "map", entries, place };
  }
}

function duplicate(text: string, file: string, place: Place): SourceProblem {
  const offset = lineStartsOf(text)[place.line - 1]! + place.column - 1;
  // Nothing behind the second key was looked at: it may be no TOML at all.
  const { known } = new TomlPlaces(text.slice(0, endOfTomlKey(text, offset)), file);
  if (known && known.keys[0]!.from >= offset) {
    return duplicateKey(known.keys.map(({ name }) => name).join("."), known.place, place);
  }
  return { kind: "duplicate", place, why: "the key stands here twice", fix: "delete one of the two" };
}

function problemOf({ message, line, column }: TomlError, text: string, file: string): SourceProblem {
  const place: Place = { file, line, column };
  const [first] = message.split("\n", 1);
  if (first!.includes("redefine")) return duplicate(text, file, place);
  const [, why, fix] = SYNTAX.find(([pattern]) => pattern.test(first!)) ?? ["", ...SYNTAX_ELSE];
  return { kind: "syntax", place, why, fix };
}

/** Reads TOML 1.1; a byte order mark is skipped. Stops at the first mistake: what follows could mean anything. */
export function readToml(withMark: string, file: string): Source {
  const text = withMark.slice(markOf(withMark).length);
  let table: TomlTable;
  try {
    table = parse(text, { integersAsBigInt: "asNeeded", maxDepth: DEEPEST_SOURCE });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { root: undefined, problems: [problemOf(error, text, file)] };
  }
  const tree = new Tree();
  const root = tree.node(table, new TomlPlaces(text, file).root, 0);
  return { root, problems: tree.problems };
}
