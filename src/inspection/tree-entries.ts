/** Trees of YAML and JSON as flat keys: whole documents, environment blocks of services, merge keys, several documents in one file. */
import type { Place } from "../base/place.ts";
import { readJson } from "../model/source-json.ts";
import { plainValue, type Source, type SourceEntry, type SourceNode } from "../model/source-tree.ts";
import { readYaml } from "../model/source-yaml.ts";

/** One key of a tree. */
export interface TreeEntry {
  readonly name: string;
  readonly text: string;
  readonly place: Place;
  readonly reference: boolean;
}

type Entries = ReadonlyMap<string, SourceEntry>;

/** The map's entries with what `<<` brings; the map's own keys win. */
export function entriesOf(node: SourceNode | undefined): Entries {
  if (node?.kind !== "map") return new Map();
  const merged = node.entries.get("<<")?.value;
  if (!merged) return node.entries;
  const sources = merged.kind === "list" ? merged.items : [merged];
  const all = new Map<string, SourceEntry>();
  for (const source of [...sources].reverse())
    for (const [key, entry] of entriesOf(source)) all.set(key, entry);
  for (const [key, entry] of node.entries) if (key !== "<<") all.set(key, entry);
  return all;
}

export function child(node: SourceNode | undefined, ...path: string[]): SourceNode | undefined {
  return path.reduce<SourceNode | undefined>((at, key) => entriesOf(at).get(key)?.value, node);
}

export function itemsOf(node: SourceNode | undefined): readonly SourceNode[] {
  return node?.kind === "list" ? node.items : [];
}

export function textOf(node: SourceNode | undefined): string | undefined {
  if (!node) return undefined;
  if (node.kind === "scalar") return node.value === null ? "" : node.text;
  return JSON.stringify(plainValue(node));
}

/** `[{ name: A, value: 1 }, { name: B, valueFrom: … }]`, as containers have it. */
export function namedValues(node: SourceNode | undefined): TreeEntry[] {
  return itemsOf(node).flatMap((item) => {
    const name = textOf(child(item, "name"));
    if (name === undefined) return [];
    const value = child(item, "value");
    const reference = value === undefined && child(item, "valueFrom") !== undefined;
    return [{ name, text: textOf(value) ?? "", place: item.place, reference }];
  });
}

/** `A=1` as a list's item; without `=` the value comes from outside. */
export function assignments(node: SourceNode | undefined): TreeEntry[] {
  return itemsOf(node).flatMap((item) => {
    const [, name, text] = /^([A-Za-z_][\w.-]*)(?:=([\s\S]*))?$/.exec(textOf(item) ?? "") ?? [];
    return name === undefined
      ? []
      : [{ name, text: text ?? "", place: item.place, reference: text === undefined }];
  });
}

/** Every leaf by the name that its path of keys gives. */
export function flatten(
  node: SourceNode,
  settingName: (path: readonly string[]) => string,
  above: readonly string[] = [],
): TreeEntry[] {
  const sealed = child(node, "sops", "mac") !== undefined;
  return [...entriesOf(node)].flatMap(([key, { keyPlace, value }]): TreeEntry[] => {
    const path = [...above, key];
    // An encrypted file has data of its tools beside the settings: SOPS's, and to whom it is bound.
    if (above.length === 0 && sealed && (key === "sops" || key === "RINGFENCE_BINDING")) return [];
    if (value.kind === "map") return flatten(value, settingName, path);
    const named = namedValues(value);
    if (named.length > 0 && named.length === itemsOf(value).length) {
      return named.map((entry) => ({ ...entry, name: settingName([...path, entry.name]) }));
    }
    return [{ name: settingName(path), text: textOf(value)!, place: keyPlace, reference: false }];
  });
}

/** Each document of a YAML text by itself, with empty lines before it so that places stay what they are. */
function documents(text: string): string[] {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, at) => (/^---(?:\s|$)/.test(line) ? [at] : []));
  if (starts.length === 0) return [text];
  const bounds = starts[0] === 0 ? starts : [-1, ...starts];
  return bounds
    .map((start, at) => {
      const body = lines.slice(start + 1, bounds[at + 1]);
      return body.some((line) => line.trim() !== "") ? "\n".repeat(start + 1) + body.join("\n") : "";
    })
    .filter((document) => document !== "");
}

/** Comments on lines of their own, which several readers of JSON allow, blanked out. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\/[^\n]*$/gm, (line) => " ".repeat(line.length));
}

/** The documents of a file. */
export function readTrees(format: "yaml" | "json", text: string, file: string): Source[] {
  if (format === "json") return [readJson(withoutComments(text), file)];
  return documents(text.replaceAll("\r\n", "\n")).map((document) =>
    readYaml(document, file, { mergeKeys: true }),
  );
}
