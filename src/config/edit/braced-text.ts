/** A text whose maps stand in braces, JSON or tfvars: where the entries that an edit is about stand, by its reader. */
import type { Span } from "../../base/place.ts";
import { nodeAt, type Source, type SourceNode, type SourceSpans } from "../../model/source-tree.ts";
import type { Braces } from "./braces.ts";

/** An entry of a map, among the others. */
export interface Slot {
  readonly key: Span;
  readonly value: Span;
  /** The entries of its map, each from its key to the end of its value. */
  readonly items: readonly Span[];
  /** Which of them it is. */
  readonly index: number;
  /** Undefined at the top of a tfvars text. */
  readonly braces: Braces | undefined;
}

export class BracedText {
  readonly #spans: SourceSpans = new Map();
  readonly #root: SourceNode | undefined;

  constructor(text: string, read: (text: string, file: string, spans: SourceSpans) => Source) {
    this.#root = read(text, "", this.#spans).root;
  }

  /** The entries of the map at the path; undefined where no map is. */
  items(path: readonly string[]): readonly Span[] | undefined {
    const node = nodeAt(this.#root, path);
    if (node?.kind !== "map") return undefined;
    return [...node.entries.values()].map((entry) => ({
      from: this.#spans.get(entry)!.from,
      to: this.#spans.get(entry.value)!.to,
    }));
  }

  /** The map at the path; undefined where none in braces is. */
  braces(path: readonly string[]): Braces | undefined {
    const node = nodeAt(this.#root, path);
    const span = node && this.#spans.get(node);
    const items = this.items(path);
    return span && items && { open: span.from, close: span.to - 1, items };
  }

  slot(path: readonly string[]): Slot | undefined {
    const above = path.slice(0, -1);
    const parent = nodeAt(this.#root, above);
    const entry = parent?.kind === "map" ? parent.entries.get(path.at(-1)!) : undefined;
    if (parent?.kind !== "map" || !entry) return undefined;
    return {
      key: this.#spans.get(entry)!,
      value: this.#spans.get(entry.value)!,
      items: this.items(above)!,
      index: [...parent.entries.values()].indexOf(entry),
      braces: this.braces(above),
    };
  }
}
