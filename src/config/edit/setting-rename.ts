/** Renames a setting: in a layer with the references to it, in the manifest, in a file of expectations. */
import type { LayerDeclaration } from "../../model/project.ts";
import type { SettingDeclaration, SettingValue } from "../../model/setting.ts";
import { plainText } from "../../model/setting-value.ts";
import { parseLayer } from "../candidates.ts";
import type { LayerEntry } from "../layer-entry.ts";
import { namesIn, parseTemplate } from "../template.ts";
import { settingName } from "../tree-layer.ts";
import { editLayer, type LayerEdit } from "./edit-layer.ts";
import { type Mentions, type Renaming, renamedInYaml, withReferences } from "./yaml-rename.ts";

function readsIn({ text, syntax, interpolated }: LayerEntry, name: string): boolean {
  const template = interpolated ? parseTemplate(text, syntax) : undefined;
  return template?.ok === true && [...namesIn(template.parts)].includes(name);
}

function mapped(value: SettingValue, renaming: Renaming): SettingValue {
  if (typeof value === "string") return withReferences(value, renaming);
  if (Array.isArray(value)) return value.map((item) => mapped(item, renaming));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, renaming)]));
}

/** `$NAME` is a reference too in the syntaxes of dotenv-expand and Docker Compose. */
function withBareReferences(text: string, { from, to }: Renaming): string {
  return text.replace(new RegExp(`(?<![\\\\$])\\$${from}(?!\\w)`, "g"), `$${to}`);
}

/** The entry with its references changed. */
function pointed(entry: LayerEntry, renaming: Renaming): LayerEdit {
  const { name, value, text, syntax } = entry;
  const inBraces = withReferences(text, renaming);
  const isBare = syntax === "dotenv" || syntax === "compose";
  const newText = isBare ? withBareReferences(inBraces, renaming) : inBraces;
  const isStructured = value !== null && typeof value === "object";
  const newValue = isStructured ? mapped(value, renaming) : newText;
  const written = { ...entry, value: newValue, text: isStructured ? plainText(newValue) : newText };
  return { kind: "set", name, written };
}

/**
 * A layer's text with one setting renamed, and the references to it in values that are interpolated.
 *
 * @param isLiteral settings whose values are taken as they stand: secrets in plain
 * @throws CONFIG_UNEDITABLE
 */
export function renameInLayer(
  { declaration, path, text }: { declaration: LayerDeclaration; path: string; text: string },
  renaming: Renaming,
  settings: readonly SettingDeclaration[],
  isLiteral: (name: string) => boolean,
): string {
  const { from, to } = renaming;
  const renamed = editLayer(declaration, path, text, [{ kind: "rename", name: from, to }], settings);
  if (declaration.format === "yaml" || declaration.format === "json") {
    const value: Mentions["value"] = (keys) => (isLiteral(settingName(keys)) ? undefined : "references");
    return renamedInYaml(path, renamed, { key: () => false, value }, renaming);
  }
  const declared = new Map(settings.map((one) => [one.name, one]));
  const readers = parseLayer(declaration, renamed, path, declared).entries.filter(
    (entry) => !isLiteral(entry.name) && readsIn(entry, from),
  );
  const edits = readers.map((entry) => pointed(entry, renaming));
  return editLayer(declaration, path, renamed, edits, settings);
}

/** Where the manifest speaks of settings by name. */
const IN_MANIFEST: Mentions = {
  key: ([section, second, third, ...more]) =>
    more.length === 0 &&
    (((section === "settings" || section === "byDesign") && second !== undefined && third === undefined) ||
      (section === "expect" && third !== undefined)),
  value: ([section, , third, ...more]) => {
    if (section === "layers" && third === "final") return "name";
    if (section === "rules" && (third === "when" || third === "require")) return "expression";
    if (section !== "settings") return undefined;
    if (third === "replacedBy") return "name";
    return third === "default" || (third === "in" && more[1] === "default") ? "references" : undefined;
  },
};

/** The manifest's text with one setting renamed. @throws CONFIG_UNEDITABLE */
export function renameInManifest(file: string, text: string, renaming: Renaming): string {
  return renamedInYaml(file, text, IN_MANIFEST, renaming);
}

/** The text of a file of expectations with one setting renamed. @throws CONFIG_UNEDITABLE */
export function renameInExpectations(file: string, text: string, renaming: Renaming): string {
  const mentions: Mentions = { key: (path) => path.length === 2, value: () => undefined };
  return renamedInYaml(file, text, mentions, renaming);
}

/** Lines, counted from 1, that still have the name as a whole word. */
export function linesNaming(text: string, name: string): number[] {
  const word = new RegExp(`(?<!\\w)${name}(?!\\w)`);
  return text.split("\n").flatMap((line, index) => (word.test(line) ? index + 1 : []));
}
