/**
 * Edits a layer's text by the names of settings. Only the lines of what is edited differ afterwards. After each edit
 * the text is read again: it must say what it said before plus that edit and nothing else, or nothing is changed.
 */
import { markOf } from "../../base/byte-order-mark.ts";
import { type EditableLayer, isFilledMap, LayerText, type SettingEdit } from "./layer-text.ts";

export type { EditableLayer, SettingEdit } from "./layer-text.ts";

/**
 * The text with the edits done, one after the other. Names are those of settings; the keys in the file may be nested
 * and of any case. A new setting goes under the nested map that shares the longest beginning of its name, with a key
 * in the case of its siblings, else to the top level (in tfvars always).
 *
 * A comment directly above a removed key, with the same margin, goes with it, unless the file begins with it. A map
 * that is empty then goes too. An object is edited key by key.
 *
 * @throws CONFIG_UNEDITABLE where the file has mistakes, or where an edit would change more than its setting
 */
export function editTreeLayer(layer: EditableLayer, edits: readonly SettingEdit[]): string {
  const mark = markOf(layer.text);
  const objects = edits.flatMap((edit) => (edit.kind === "set" && isFilledMap(edit.value) ? edit.name : []));
  const text = new LayerText(layer, layer.text.slice(mark.length), new Set(objects));
  for (const edit of edits) text.apply(edit);
  return mark + text.text;
}
