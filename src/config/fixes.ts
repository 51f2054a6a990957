/**
 * Safe fixes: changes of layers' files for findings where only one thing can be meant. A key that stands twice and
 * loses has no effect; an enum's value that differs from a declared one in case or white space alone is that one; a setting
 * that gave way to another one has its name, where nothing sets that yet. Whether a fix makes the check better is
 * found out by whoever applies it.
 */
import type { Finding } from "../model/finding.ts";
import type { Contribution, ResolvedSetting, SettingDeclaration } from "../model/setting.ts";
import type { LayerText } from "./candidates.ts";
import { editDotenv } from "./dotenv-edit.ts";
import { editTreeLayer, type SettingEdit } from "./edit/layer-edit.ts";
import type { Resolution } from "./resolve.ts";

type FixEdit =
  | { readonly kind: "deduplicate"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string }
  | { readonly kind: "set"; readonly name: string; readonly text: string };

/** One change of one layer's file. JSON, for a plan's facts. */
export interface Fix {
  /** Code of the finding that it mends. */
  readonly code: string;
  /** The layer's file, relative to the root. */
  readonly path: string;
  readonly edit: FixEdit;
}

/** What the fix does, for people. No value of a setting is in it but one that the manifest lists. */
export function fixWords({ path, edit }: Fix): string {
  switch (edit.kind) {
    case "deduplicate":
      return `delete the lines of ${edit.name} in ${path} that have no effect`;
    case "rename":
      return `rename ${edit.name} to ${edit.to} in ${path}`;
    case "set":
      return `write ${edit.text} for ${edit.name} in ${path}`;
  }
}

/** Sources of a history that no file gives. */
function isDefault({ source }: Contribution): boolean {
  return source === "default" || source.startsWith("policy ");
}

class Fixes {
  readonly found = new Map<string, Fix>();
  readonly #resolution: Resolution;
  readonly #layers: ReadonlyMap<string, LayerText>;

  constructor(resolution: Resolution, layers: readonly LayerText[]) {
    this.#resolution = resolution;
    const files = layers.filter(({ text, declaration }) => text !== undefined && !declaration.program);
    this.#layers = new Map(files.map((layer) => [layer.path, layer]));
  }

  add(finding: Finding): void {
    const { code, setting: name } = finding;
    if (name === undefined) return;
    if (code === "SETTING_DUPLICATE") this.#duplicate(finding, name);
    const setting = this.#resolution.settings.get(name);
    if (!setting) return;
    if (code === "SETTING_DEPRECATED") this.#deprecated(setting);
    if (code === "SETTING_TYPE") this.#misspelt(setting);
  }

  #fix(code: string, path: string, edit: FixEdit): void {
    this.found.set(JSON.stringify([path, edit]), { code, path, edit });
  }

  /** Only in a dotenv layer is it said which of the two counts. */
  #duplicate({ code, where }: Finding, name: string): void {
    const path = where.replace(/:\d+:\d+$/, "");
    if (this.#layers.get(path)?.declaration.format === "dotenv")
      this.#fix(code, path, { kind: "deduplicate", name });
  }

  #deprecated({ name, history, declaration }: ResolvedSetting): void {
    const to = declaration?.replacedBy;
    if (to === undefined || this.#resolution.removed.has(to)) return;
    if (!(this.#resolution.settings.get(to)?.history ?? []).every(isDefault)) return;
    const sources = history.filter((one) => !isDefault(one)).map(({ source }) => source);
    if (!sources.every((source) => this.#layers.has(source))) return;
    for (const path of new Set(sources)) this.#fix("SETTING_DEPRECATED", path, { kind: "rename", name, to });
  }

  /** The value as it is written must be the whole value: a part of a reference is not ours to mend. */
  #misspelt({ name, text, secret, history, declaration, references }: ResolvedSetting): void {
    const winner = history.find(({ wins }) => wins);
    if (!winner || !declaration || secret || winner.merged || references.length > 0) return;
    if (!this.#layers.has(winner.source) || winner.value !== text) return;
    const meant = meantText(declaration, text);
    if (meant !== undefined) this.#fix("SETTING_TYPE", winner.source, { kind: "set", name, text: meant });
  }
}

/** The one value of an enum that differs from the text in case, or in white space around it, alone. */
function meantText({ type, values = [] }: SettingDeclaration, text: string): string | undefined {
  if (type !== "enum") return undefined;
  const folded = values.filter((one) => one.toLowerCase() === text.trim().toLowerCase());
  return folded.length === 1 ? folded[0] : undefined;
}

/** The safe fixes for a resolution's findings, in their order, each once. @param layers that it was resolved from */
export function fixesFor(resolution: Resolution, layers: readonly LayerText[]): Fix[] {
  const fixes = new Fixes(resolution, layers);
  for (const finding of resolution.findings) fixes.add(finding);
  return [...fixes.found.values()];
}

function treeEdit(edit: FixEdit): SettingEdit[] {
  if (edit.kind === "set") return [{ kind: "set", name: edit.name, value: edit.text }];
  return edit.kind === "rename" ? [edit] : [];
}

/**
 * The layer's text with the fixes that are about its file.
 *
 * @throws CONFIG_UNEDITABLE where one can't be expressed there
 */
export function fixedText(
  { declaration: { format, dialect }, path, text = "" }: LayerText,
  fixes: readonly Fix[],
  settings: readonly SettingDeclaration[],
): string {
  const edits = fixes.filter((fix) => fix.path === path).map(({ edit }) => edit);
  if (format === "dotenv") return editDotenv(text, edits, dialect);
  const objects = new Set(settings.filter(({ type }) => type === "object").map(({ name }) => name));
  const layer = { format, text, file: path, isObject: (name: string) => objects.has(name) };
  return editTreeLayer(layer, edits.flatMap(treeEdit));
}
