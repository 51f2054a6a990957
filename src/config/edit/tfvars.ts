/**
 * Edits a tfvars text by splicing: comments, alignment and line ends of what is not edited stay byte by byte.
 * Neighbours are not aligned again, as that would touch their lines.
 */
import type { SettingValue } from "../../model/setting.ts";
import { readTfvars } from "../../model/source-hcl.ts";
import { hclKey, hclValue } from "../hcl-text.ts";
import { BracedText, type Slot } from "./braced-text.ts";
import { withItem, withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { entryLines, eolOf, lineEnd, spliced } from "./text-splice.ts";

const COMMENT = /^(?:#|\/\/)/;

function slotAt(text: string, path: readonly string[]): Slot | undefined {
  return new BracedText(text, readTfvars).slot(path);
}

/** At the top names are bare. */
function keyText(path: readonly string[], key: string): string {
  return path.length > 1 ? hclKey(key) : key;
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const tree = new BracedText(text, readTfvars);
  const slot = tree.slot(path);
  if (slot) return spliced(text, [{ ...slot.value, text: hclValue(value) }]);
  const line = `${keyText(path, path.at(-1)!)} = ${hclValue(value)}`;
  if (path.length > 1) {
    const braces = tree.braces(path.slice(0, -1));
    return braces && spliced(text, [withItem(text, braces, line, { byLines: true })]);
  }
  const last = tree.items([])?.at(-1);
  const eol = eolOf(text);
  if (last) {
    const at = lineEnd(text, last.to);
    return spliced(text, [{ from: at, to: at, text: eol + line }]);
  }
  const gap = text === "" || text.endsWith("\n") ? "" : eol;
  return text + gap + line + eol;
}

function remove(text: string, path: readonly string[]): string | undefined {
  const slot = slotAt(text, path);
  if (!slot) return undefined;
  const { items, index, braces } = slot;
  if (braces) return spliced(text, withoutItem(text, braces, index, COMMENT));
  const isLast = index > 0 && index === items.length - 1;
  const floor = items[index - 1]?.to ?? 0;
  const lines = entryLines(text, items[index]!, { floor, isLast, comment: COMMENT });
  return spliced(text, [{ ...lines, text: "" }]);
}

/** tfvars layers. */
export const tfvarsEditor: FormatEditor = {
  refuses: () => undefined,
  read: readTfvars,
  set,
  remove,
  rename: (text, path, key) => {
    const slot = slotAt(text, path);
    return slot && spliced(text, [{ ...slot.key, text: keyText(path, key) }]);
  },
  valueSpan: (text, path) => slotAt(text, path)?.value,
};
