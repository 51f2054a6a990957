/**
 * Where a setting stands in a layer's tree, and where a new one belongs: under the nested map that shares the
 * longest beginning of its name, with a key in the case of its siblings.
 */
import type { Place } from "../../base/place.ts";
import type { SourceMap, SourceNode } from "../../model/source-tree.ts";
import { settingName } from "../tree-layer.ts";

export interface SettingPlace {
  readonly path: readonly string[];
  readonly node: SourceNode;
  /** Where its key stands. */
  readonly place: Place;
}

interface MapPlace {
  readonly path: readonly string[];
  readonly node: SourceMap;
}

type IsObject = (name: string) => boolean;

/** Every place that sets the name: one, none, or a duplicate that the reader would report. */
export function settingPlaces(
  root: SourceNode | undefined,
  name: string,
  isObject: IsObject,
): SettingPlace[] {
  const found: SettingPlace[] = [];
  const walk = (node: SourceMap, above: readonly string[]): void => {
    for (const [key, { keyPlace, value }] of node.entries) {
      const path = [...above, key];
      const own = settingName(path);
      if (value.kind === "map" && !isObject(own)) {
        if (name.startsWith(`${own}_`)) walk(value, path);
      } else if (own === name) found.push({ path, node: value, place: keyPlace });
    }
  };
  if (root?.kind === "map") walk(root, []);
  return found;
}

/** The maps whose keys make names that begin as this one does, the root first. */
function mapsFor({ path, node }: MapPlace, name: string, isObject: IsObject): MapPlace[] {
  const inner = [...node.entries].flatMap(([key, { value }]) => {
    const below = [...path, key];
    const own = settingName(below);
    const leads = value.kind === "map" && !isObject(own) && name.startsWith(`${own}_`);
    return leads && name.length > own.length + 1 ? mapsFor({ path: below, node: value }, name, isObject) : [];
  });
  return [{ path, node }, ...inner];
}

type CaseStyle = "upper" | "camel" | "kebab" | "snake";

function styleOf(key: string): CaseStyle | undefined {
  if (/^[^a-z]*[A-Z][^a-z]*$/.test(key)) return "upper";
  if (/[a-z0-9][A-Z]/.test(key)) return "camel";
  if (key.includes("-")) return "kebab";
  return key.includes("_") ? "snake" : undefined;
}

/** The most frequent one; the first of those that are equally frequent. Undefined where no key tells. */
function commonStyle(keys: Iterable<string>): CaseStyle | undefined {
  const counts = new Map<CaseStyle, number>();
  let plain = 0;
  for (const key of keys) {
    const style = styleOf(key);
    if (style) counts.set(style, (counts.get(style) ?? 0) + 1);
    else plain++;
  }
  // A name in upper case among words in lower case is the exception, not the style.
  if (plain > 0) counts.delete("upper");
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Without the keys of values that are objects: those are data. */
function* allKeys({ path, node }: MapPlace, isObject: IsObject): Generator<string> {
  for (const [key, { value }] of node.entries) {
    const below = [...path, key];
    yield key;
    if (value.kind === "map" && !isObject(settingName(below)))
      yield* allKeys({ path: below, node: value }, isObject);
  }
}

function inStyle(rest: string, style: CaseStyle): string {
  const lower = rest.toLowerCase();
  if (style === "upper") return rest;
  if (style === "camel") return lower.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, next) => next.toUpperCase());
  return style === "kebab" ? lower.replaceAll("_", "-") : lower;
}

/** The key in the siblings' style, or in one that reads back as the name and is not taken. */
function keyIn(
  { path, node }: MapPlace,
  name: string,
  root: SourceMap,
  isObject: IsObject,
  preferred?: CaseStyle,
): string | undefined {
  const rest = path.length === 0 ? name : name.slice(settingName(path).length + 1);
  const style =
    preferred ??
    commonStyle(node.entries.keys()) ??
    commonStyle(allKeys({ path: [], node: root }, isObject)) ??
    "snake";
  const styles = new Set<CaseStyle>([style, "snake", "upper"]);
  return [...styles]
    .map((one) => inStyle(rest, one))
    .find((key) => settingName([...path, key]) === name && !node.entries.has(key));
}

const EMPTY: SourceMap = { kind: "map", entries: new Map(), place: { file: "", line: 1, column: 1 } };

/** The path of a new setting; undefined where no key makes this name. @param flat new names stand at the top */
export function newPath(
  root: SourceNode | undefined,
  name: string,
  isObject: IsObject,
  flat: boolean,
): readonly string[] | undefined {
  const top = { path: [], node: root?.kind === "map" ? root : EMPTY };
  const maps = flat ? [top] : mapsFor(top, name, isObject);
  const longest = maps.reduce((best, map) =>
    settingName(map.path).length > settingName(best.path).length ? map : best,
  );
  const key = keyIn(longest, name, top.node, isObject);
  return key === undefined ? undefined : [...longest.path, key];
}

/** The path of another name in the map of a setting that is there, in the case of its key; undefined where that map makes no such name. */
export function pathBeside(
  root: SourceMap,
  { path }: SettingPlace,
  name: string,
  isObject: IsObject,
): readonly string[] | undefined {
  const above = path.slice(0, -1);
  let node: SourceNode | undefined = root;
  for (const key of above) node = node?.kind === "map" ? node.entries.get(key)?.value : undefined;
  const fits = above.length === 0 || name.startsWith(`${settingName(above)}_`);
  const key =
    node?.kind === "map" && fits
      ? keyIn({ path: above, node }, name, root, isObject, styleOf(path.at(-1)!))
      : undefined;
  return key === undefined ? undefined : [...above, key];
}
