/** Reads TOML into a source tree: values by `smol-toml`, texts and places by where they stand. */
import { parse, TomlDate, TomlError } from "smol-toml";
import type { Span } from "../../base/place.ts";
import { lineStartsOf, placeAt } from "../../base/place.ts";
import type { Source, SourceEntry, SourceNode } from "../../model/source-tree.ts";

import { allPairs, tomlStatements } from "./toml-outline.ts";

interface Spot {
  readonly key: Span;
  readonly value: Span | undefined;
}

/** The first place where each path is written. */
function spotsOf(text: string): ReadonlyMap<string, Spot> {
  const spots = new Map<string, Spot>();
  const statements = tomlStatements(text);
  for (const one of [...statements.filter(({ kind }) => kind === "header"), ...allPairs(statements)]) {
    const base = one.path.length - one.parts.length;
    for (const [index, key] of one.parts.entries()) {
      const path = JSON.stringify(one.path.slice(0, base + index + 1));
      const value = one.kind === "pair" && index === one.parts.length - 1 ? one.value : undefined;
      if (!spots.has(path)) spots.set(path, { key, value });
    }
  }
  return spots;
}

class TreeMaker {
  readonly #text: string;
  readonly #file: string;
  readonly #starts: readonly number[];
  readonly #spots: ReadonlyMap<string, Spot>;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#starts = lineStartsOf(text);
    this.#spots = spotsOf(text);
  }

  node(value: unknown, path: readonly string[], offset: number): SourceNode {
    const place = placeAt(this.#file, this.#starts, offset);
    if (Array.isArray(value)) {
      return { kind: "list", items: value.map((item) => this.node(item, [...path, ""], offset)), place };
    }
    const spot = this.#spots.get(JSON.stringify(path));
    const written = spot?.value && this.#text.slice(spot.value.from, spot.value.to);
    if (value instanceof TomlDate) {
      const text = written ?? value.toISOString();
      return { kind: "scalar", value: text, text, place };
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(([key, one]): [string, SourceEntry] => {
        const below = [...path, key];
        const from = this.#spots.get(JSON.stringify(below))?.key.from ?? offset;
        const keyPlace = placeAt(this.#file, this.#starts, from);
        return [key, { keyPlace, value: this.node(one, below, from) }];
      });
      return { kind: "map", entries: new Map(entries), place };
    }
    if (typeof value === "string") return { kind: "scalar", value, text: value, place };
    const scalar = typeof value === "boolean" ? value : Number(value);
    return { kind: "scalar", value: scalar, text: written ?? String(value), place };
  }
}

/** Reads TOML. What is wrong is found by the parser, which stops at the first mistake. */
export function readTomlText(text: string, file: string): Source {
  try {
    const data = parse(text, { integersAsBigInt: "asNeeded" });
    return { root: new TreeMaker(text, file).node(data, [], 0), problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const place = { file, line: error.line, column: error.column };
    const why = "this is not TOML, or a key stands twice";
    const fix = "check the quotes and brackets around here, and whether the key is there before";
    return { root: undefined, problems: [{ kind: "syntax", place, why, fix }] };
  }
}
