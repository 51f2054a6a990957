/**
 * Edits a JSON text by splicing: indentation, order of keys, line ends and whatever is not edited stay byte by byte.
 * Where things begin is known from the reader's places; only where they end is looked for here.
 */
import { lineStartsOf, type Place } from "../../base/place.ts";
import type { SettingValue } from "../../model/setting.ts";
import { readJson } from "../../model/source-json.ts";
import type { Source, SourceNode } from "../../model/source-tree.ts";
import { type Braces, withItem, withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { blockJson, inlineJson, type JsonLayout } from "./json-text.ts";
import { eolOf, marginOf, type Span, spliced } from "./text-splice.ts";

/** JSON has no comments: this begins no line. */
const NO_COMMENT = /(?!)/;

interface Slot {
  readonly key: Span;
  readonly value: Span;
  readonly braces: Braces;
  readonly index: number;
}

/** The offset behind a value that begins at the offset. The text is known to be JSON. */
function endOfValue(text: string, offset: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s,[\]{}":]+/g;
  token.lastIndex = offset;
  let depth = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if ("[{".includes(found[0])) depth++;
    else if ("]}".includes(found[0])) depth--;
    if (depth === 0) return token.lastIndex;
  }
  return text.length;
}

class JsonText {
  readonly #text: string;
  readonly #root: SourceNode | undefined;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    this.#root = readJson(text, "").root;
    this.#starts = lineStartsOf(text);
  }

  braces(node: SourceNode | undefined): Braces | undefined {
    if (node?.kind !== "map") return undefined;
    const open = this.#offset(node.place);
    const items = [...node.entries.values()].map(({ keyPlace, value }) => ({
      from: this.#offset(keyPlace),
      to: endOfValue(this.#text, this.#offset(value.place)),
    }));
    return { open, close: endOfValue(this.#text, open) - 1, items };
  }

  map(path: readonly string[]): SourceNode | undefined {
    let node = this.#root;
    for (const key of path) node = node?.kind === "map" ? node.entries.get(key)?.value : undefined;
    return node;
  }

  slot(path: readonly string[]): Slot | undefined {
    const parent = this.map(path.slice(0, -1));
    const braces = this.braces(parent);
    if (!braces || parent?.kind !== "map") return undefined;
    const index = [...parent.entries.keys()].indexOf(path.at(-1)!);
    const entry = [...parent.entries.values()][index];
    if (!entry) return undefined;
    const { from, to } = braces.items[index]!;
    const key = { from, to: endOfValue(this.#text, from) };
    return { key, value: { from: this.#offset(entry.value.place), to }, braces, index };
  }

  layout(): JsonLayout {
    const step = /\n([ \t]+)"/.exec(this.#text)?.[1] ?? "  ";
    return { step, eol: eolOf(this.#text), isTight: /^[^\n]*":\S[^\n]*\s*$/.test(this.#text) };
  }

  #offset({ line, column }: Place): number {
    return this.#starts[line - 1]! + column - 1;
  }
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const json = new JsonText(text);
  const layout = json.layout();
  const slot = json.slot(path);
  if (slot) {
    const old = text.slice(slot.value.from, slot.value.to);
    const isOpen = old.includes("\n");
    const margin = /^[ \t]*/.exec(marginOf(text, slot.key.from))![0];
    const isInline = !isOpen && marginOf(text, slot.key.from).trim() !== "";
    const fresh = isInline ? inlineJson(value, layout.isTight) : blockJson(value, margin, layout, isOpen);
    return spliced(text, [{ ...slot.value, text: fresh }]);
  }
  const key = JSON.stringify(path.at(-1)!);
  if (text.trim() === "" && path.length === 1) {
    return `${blockJson({ [path[0]!]: value }, "", layout)}${layout.eol}`;
  }
  const braces = json.braces(json.map(path.slice(0, -1)));
  if (!braces) return undefined;
  const [last] = braces.items.slice(-1);
  const margin = /^[ \t]*/.exec(marginOf(text, last?.from ?? braces.open))![0];
  const owner = json.slot(path.slice(0, -1));
  const isInLine = owner !== undefined && marginOf(text, owner.key.from).trim() !== "";
  if (!last && !layout.isTight && !isInLine) {
    const inner = margin + layout.step;
    const body = `${layout.eol}${inner}${key}: ${blockJson(value, inner, layout)}${layout.eol}${margin}`;
    return spliced(text, [{ from: braces.open + 1, to: braces.close, text: body }]);
  }
  const isAlone = last !== undefined && marginOf(text, last.from).trim() === "";
  const fresh = isAlone ? blockJson(value, margin, layout) : inlineJson(value, layout.isTight);
  const item = `${key}${layout.isTight ? ":" : ": "}${fresh}`;
  return spliced(text, [withItem(text, braces, item, layout)]);
}

function read(text: string, file: string): Source {
  // A layer that was only just created sets nothing yet.
  return text.trim() === "" ? { root: undefined, problems: [] } : readJson(text, file);
}

/** JSON layers. */
export const jsonEditor: FormatEditor = {
  read,
  set,
  refuses: () => undefined,
  remove: (text, path) => {
    const slot = new JsonText(text).slot(path);
    return slot && spliced(text, withoutItem(text, slot.braces, slot.index, NO_COMMENT));
  },
  rename: (text, path, key) => {
    const slot = new JsonText(text).slot(path);
    return slot && spliced(text, [{ ...slot.key, text: JSON.stringify(key) }]);
  },
  valueSpan: (text, path) => new JsonText(text).slot(path)?.value,
};
