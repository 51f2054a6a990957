/**
 * Edits a JSON text by splicing: indentation, order of keys, line ends and whatever is not edited stay byte by byte.
 */
import type { SettingValue } from "../../model/setting.ts";
import { readJson } from "../../model/source-json.ts";
import type { Source } from "../../model/source-tree.ts";
import { BracedText } from "./braced-text.ts";
import { withItem, withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { blockJson, inlineJson, type JsonLayout } from "./json-text.ts";
import { eolOf, marginOf, spliced } from "./text-splice.ts";

/** JSON has no comments: this begins no line. */
const NO_COMMENT = /(?!)/;

function treeOf(text: string): BracedText {
  return new BracedText(text, readJson);
}

function layoutOf(text: string): JsonLayout {
  const step = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  return { step, eol: eolOf(text), isTight: /^[^\n]*":\S[^\n]*\s*$/.test(text) };
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const tree = treeOf(text);
  const layout = layoutOf(text);
  const slot = tree.slot(path);
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
  const braces = tree.braces(path.slice(0, -1));
  if (!braces) return undefined;
  const [last] = braces.items.slice(-1);
  const margin = /^[ \t]*/.exec(marginOf(text, last?.from ?? braces.open))![0];
  const owner = tree.slot(path.slice(0, -1));
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
    const slot = treeOf(text).slot(path);
    return slot && spliced(text, withoutItem(text, slot.braces!, slot.index, NO_COMMENT));
  },
  rename: (text, path, key) => {
    const slot = treeOf(text).slot(path);
    return slot && spliced(text, [{ ...slot.key, text: JSON.stringify(key) }]);
  },
  valueSpan: (text, path) => treeOf(text).slot(path)?.value,
};
