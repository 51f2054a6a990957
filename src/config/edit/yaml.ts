/**
 * Edits a YAML text by splicing: only the lines of what is edited differ afterwards; comments, quoting, spacing and
 * line ends of all others stay byte by byte. Pure.
 */

import { isDeepStrictEqual } from "node:util";
import { markOf } from "../../base/byte-order-mark.ts";
import type { Json } from "../../base/canonical-json.ts";
import { readYaml } from "../../model/source-yaml.ts";
import { configErrors } from "../errors.ts";
import type { FormatEditor } from "./format-editor.ts";
import { spliced } from "./text-splice.ts";
import { dataOf, parseYaml } from "./yaml-document.ts";
import { withoutYamlKey, withYamlKey, yamlValueSpan } from "./yaml-remover.ts";
import { withSet, YamlSetter } from "./yaml-setter.ts";
import { blockLines } from "./yaml-text.ts";

/** YAML layers. */
export const yamlEditor: FormatEditor = {
  read: readYaml,
  set: (text, path, value) => spliced(text, [new YamlSetter(text, parseYaml(text)).splice(path, value)]),
  refuses: () => undefined,
  remove: (text, path) => {
    const splices = withoutYamlKey(text, parseYaml(text), path);
    return splices && spliced(text, splices);
  },
  rename: (text, path, key) => {
    const splice = withYamlKey(parseYaml(text), path, key);
    return splice && spliced(text, [splice]);
  },
  valueSpan: (text, path) => yamlValueSpan(parseYaml(text), path),
};

/**
 * The text with one value set. A list that only gets longer keeps its items as they are written.
 *
 * @throws CONFIG_UNEDITABLE when the result would not say what was there before plus the change, such as when the
 * old value holds an anchor that others refer to.
 */
export function withValue(marked: string, path: readonly string[], value: Json): string {
  const mark = markOf(marked);
  const text = marked.slice(mark.length);
  const document = parseYaml(text);
  const before = dataOf(document, document);
  const wanted = withSet(before, path, value);
  if (isDeepStrictEqual(before, wanted)) return marked;
  const result = spliced(text, [new YamlSetter(text, document).splice(path, value)]);
  const after = parseYaml(result);
  if (after.errors.length === 0 && isDeepStrictEqual(dataOf(after, after), wanted)) return mark + result;
  throw configErrors.CONFIG_UNEDITABLE({
    what: `${path.join(".")} can't be set without touching other lines`,
    where: path.join("."),
    why: "it is written in a way that others depend on, such as an anchor",
    fix: `write it by hand:\n${blockLines(withSet(null, path, value) as readonly Json[], 0, 2).join("\n")}`,
  });
}
