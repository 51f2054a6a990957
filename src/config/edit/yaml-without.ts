/** Takes a key or an item of a list out of a YAML text; all other lines stay byte by byte. Pure. */
import { isDeepStrictEqual } from "node:util";
import { isSeq } from "yaml";
import type { Json } from "../../base/canonical-json.ts";
import { configErrors } from "../errors.ts";
import { withoutItem } from "./braces.ts";
import { lineStart, type Splice, spliced } from "./text-splice.ts";
import { withValue } from "./yaml.ts";
import { dataOf, endOf, type ParsedDocument, parseYaml } from "./yaml-document.ts";
import { withoutYamlKey } from "./yaml-remover.ts";

const COMMENT = /^#/;

/** The data without what stands at the path; a path that leads nowhere changes nothing. */
function without(data: Json, [first, ...rest]: readonly string[]): Json {
  if (data === null || typeof data !== "object" || Array.isArray(data) || first === undefined) return data;
  const map = data as Readonly<Record<string, Json>>;
  if (!Object.hasOwn(map, first)) return data;
  const entries = Object.entries(map).flatMap(([key, value]): [string, Json][] => {
    if (key !== first) return [[key, value]];
    return rest.length === 0 ? [] : [[key, without(value, rest)]];
  });
  return Object.fromEntries(entries);
}

/** What remains must be what was there but for the one thing; an emptied map may have become null. */
function says(text: string, wanted: Json): boolean {
  const document = parseYaml(text);
  return document.errors.length === 0 && isDeepStrictEqual(dataOf(document, document), wanted);
}

/**
 * The text without one key. A path that leads nowhere changes nothing.
 *
 * @throws CONFIG_UNEDITABLE when it can't be taken out without touching other lines
 */
export function withoutValue(text: string, path: readonly string[]): string {
  const document = parseYaml(text);
  const before = dataOf(document, document);
  const wanted = without(before, path);
  if (isDeepStrictEqual(before, wanted)) return text;
  const splices = withoutYamlKey(text, document, path);
  const result = splices && spliced(text, splices);
  if (result !== undefined && says(result, wanted)) return result;
  throw configErrors.CONFIG_UNEDITABLE({
    what: `${path.join(".")} can't be taken out without touching other lines`,
    where: path.join("."),
    why: "it is the last of its map, or is written in a way that others depend on, such as an anchor",
    fix: `take ${path.join(".")} out by hand, then run the same command again`,
  });
}

/** What goes with an item of a list; undefined where it has no characters or line of its own. */
function itemSplices(
  text: string,
  document: ParsedDocument,
  path: readonly string[],
  index: number,
): readonly Splice[] | undefined {
  const list = document.getIn(path, true);
  if (!isSeq(list) || !list.range || list.items.length < 2) return undefined;
  const items = list.items as readonly ParsedDocument["contents"][];
  const spans = items.map((item) => ({ from: item!.range[0], to: endOf(text, item!) }));
  const item = spans[index]!;
  if (list.flow) {
    return withoutItem(text, { open: list.range[0], close: list.range[1] - 1, items: spans }, index, COMMENT);
  }
  const feed = text.indexOf("\n", item.to);
  return [{ from: lineStart(text, item.from), to: feed < 0 ? text.length : feed + 1, text: "" }];
}

/** The text without one item of a list. @throws CONFIG_UNEDITABLE */
export function withoutListItem(text: string, path: readonly string[], item: string): string {
  const document = parseYaml(text);
  const list = document.getIn(path) as { toJSON?(): Json } | undefined;
  const values = (list?.toJSON?.() ?? []) as readonly Json[];
  const index = values.indexOf(item);
  if (index < 0) return text;
  const rest = values.filter((_, at) => at !== index);
  const wanted = withValue(text, path, rest);
  const splices = itemSplices(text, document, path, index);
  const result = splices && spliced(text, splices);
  const data = parseYaml(wanted);
  return result !== undefined && says(result, dataOf(data, data)) ? result : wanted;
}
