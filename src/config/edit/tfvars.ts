/**
 * Edits a tfvars text by splicing: comments, alignment and line ends of what is not edited stay byte by byte.
 * Neighbours are not aligned again, as that would touch their lines.
 */
import type { SettingValue } from "../../model/setting.ts";
import { type Braces, withItem, withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { entryLines, eolOf, lineEnd, spliced } from "./text-splice.ts";
import { type TfvarsEntry, type TfvarsValue, tfvarsOutline } from "./tfvars-outline.ts";
import { tfvarsKey, tfvarsText } from "./tfvars-text.ts";

const COMMENT = /^(?:#|\/\/)/;

interface Slot {
  readonly entry: TfvarsEntry;
  readonly siblings: readonly TfvarsEntry[];
  /** The object that it stands in; undefined at the top. */
  readonly owner: TfvarsValue | undefined;
}

function slotAt(text: string, path: readonly string[]): Slot | undefined {
  let siblings: readonly TfvarsEntry[] | undefined = tfvarsOutline(text, "").entries;
  let owner: TfvarsValue | undefined;
  let slot: Slot | undefined;
  for (const name of path) {
    const entry: TfvarsEntry | undefined = siblings?.find((one) => one.name === name);
    if (!siblings || !entry) return undefined;
    slot = { entry, siblings, owner };
    owner = entry.value;
    siblings = entry.value.entries;
  }
  return slot;
}

const spanOf = ({ key, value }: TfvarsEntry) => ({ from: key.from, to: value.span.to });

function bracesOf({ span, entries }: TfvarsValue): Braces | undefined {
  return entries && { open: span.from, close: span.to - 1, items: entries.map(spanOf) };
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const slot = slotAt(text, path);
  if (slot) return spliced(text, [{ ...slot.entry.value.span, text: tfvarsText(value) }]);
  const line = `${tfvarsKey(path.at(-1)!)} = ${tfvarsText(value)}`;
  if (path.length > 1) {
    const owner = slotAt(text, path.slice(0, -1))?.entry.value;
    const braces = owner && bracesOf(owner);
    return braces && spliced(text, [withItem(text, braces, line, { byLines: true })]);
  }
  const last = tfvarsOutline(text, "").entries.at(-1);
  const eol = eolOf(text);
  if (last) {
    const at = lineEnd(text, last.value.span.to);
    return spliced(text, [{ from: at, to: at, text: eol + line }]);
  }
  const gap = text === "" || text.endsWith("\n") ? "" : eol;
  return text + gap + line + eol;
}

function remove(text: string, path: readonly string[]): string | undefined {
  const slot = slotAt(text, path);
  if (!slot) return undefined;
  const { entry, siblings, owner } = slot;
  const index = siblings.indexOf(entry);
  const braces = owner && bracesOf(owner);
  if (braces) return spliced(text, withoutItem(text, braces, index, COMMENT));
  const isLast = index > 0 && index === siblings.length - 1;
  const floor = siblings[index - 1]?.value.span.to ?? 0;
  return spliced(text, [
    { ...entryLines(text, spanOf(entry), { floor, isLast, comment: COMMENT }), text: "" },
  ]);
}

/** tfvars layers. */
export const tfvarsEditor: FormatEditor = {
  refuses: () => undefined,
  read: tfvarsOutline,
  set,
  remove,
  rename: (text, path, key) => {
    const slot = slotAt(text, path);
    return slot && spliced(text, [{ ...slot.entry.key, text: tfvarsKey(key) }]);
  },
  valueSpan: (text, path) => slotAt(text, path)?.entry.value.span,
};
