/**
 * What an environment's files hold, told by the formats' own packages and laid over each other as their tools do it:
 * the other side of the proof that a manifest changes no value. It knows no manifest, no merging and no types; only
 * the names that nested keys get are Ringfence's, and readers where a format has no package that can be used.
 */
import { expand } from "dotenv-expand";
import { parse as parseToml } from "smol-toml";
import { parseDocument } from "yaml";
import { parseDotenv, parseTfvarsLayer, resolve, settingName } from "../../config/index.ts";
import type { LayerFormat } from "../../model/layer.ts";
import { readManifest } from "../../model/manifest.ts";
import { layersFor } from "../../model/project.ts";
import type { SettingValue } from "../../model/setting.ts";
import { plainText } from "../../model/setting-value.ts";

/** A file with its text. */
export interface PlainFile {
  readonly path: string;
  readonly format: LayerFormat;
  readonly text: string;
}

/** One key as it was before. */
export interface PlainValue {
  readonly value: SettingValue;
  readonly text: string;
  /** The keys that lead to it; undefined in a flat file. */
  readonly path: readonly string[] | undefined;
  readonly file: string;
}

/** Whose rules the `.env` files are read by; `dotenv-expand` follows references between them, `dotenv` does not. */
export type DotenvReader = "dotenv" | "dotenv-expand" | "compose";

/** One key of `.env` files that refers to another. */
export interface FollowedReference {
  readonly name: string;
  readonly to: string;
}

function leavesOf(node: unknown, path: readonly string[]): [readonly string[], SettingValue][] {
  const entries =
    node instanceof Map ? [...node] : node !== null && typeof node === "object" ? Object.entries(node) : [];
  return entries.flatMap(([key, value]): [readonly string[], SettingValue][] => {
    const keys = [...path, String(key)];
    if (value instanceof Date) return [[keys, value.toISOString()]];
    const isMap =
      value instanceof Map || (value !== null && typeof value === "object" && !Array.isArray(value));
    return isMap ? leavesOf(value, keys) : [[keys, plainOf(value)]];
  });
}

/** Maps inside lists as objects. */
function plainOf(value: unknown): SettingValue {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plainOf(one)]));
  return (typeof value === "bigint" ? String(value) : value) as SettingValue;
}

/** @throws SyntaxError without a word of the text */
function readYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, merge: true, logLevel: "silent" });
  if (document.errors.length > 0) throw new SyntaxError(`${path} is no YAML document`);
  return document.toJS({ mapAsMap: true });
}

function readTree({ format, text, path }: PlainFile): unknown {
  try {
    if (format === "yaml") return readYaml(text, path);
    return format === "json" ? JSON.parse(text) : parseToml(text);
  } catch {
    // The packages' own words quote the text.
    throw new SyntaxError(`${path} can't be read as ${format}`);
  }
}

type DotenvTexts = ReadonlyMap<string, ReadonlyMap<string, string>>;

function readRaw(files: readonly PlainFile[]): Map<string, Map<string, string>> {
  const valuesIn = ({ path, text }: PlainFile) =>
    new Map(parseDotenv(text, path, "dotenv").entries.map(({ name, value }) => [name, String(value)]));
  return new Map(files.map((file) => [file.path, valuesIn(file)]));
}

function textsOf(raw: DotenvTexts): Record<string, string> {
  return Object.fromEntries([...raw.values()].flatMap((values) => [...values]));
}

function referenceIn(all: Readonly<Record<string, string>>): FollowedReference | undefined {
  for (const [name, text] of Object.entries(all)) {
    const found = text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g).find(([, to]) => Object.hasOwn(all, to!));
    if (found) return { name, to: found[1]! };
  }
  return undefined;
}

/** The first key that refers to a key of these files; undefined where there is none. */
export function followedReference(files: readonly PlainFile[]): FollowedReference | undefined {
  return referenceIn(textsOf(readRaw(files.filter(({ format }) => format === "dotenv"))));
}

/**
 * As the dotenv package reads them, with dotenv-expand behind it where it is there. The package can't
 * be bundled; the reader of its dialect is held against it by tests, and so is what comes out here.
 */
function readByPackage(files: readonly PlainFile[], follows: boolean): DotenvTexts {
  const raw = readRaw(files);
  const all = textsOf(raw);
  // Where nothing refers to a key of these files, a dollar sign is a character like any other.
  if (!follows || referenceIn(all) === undefined) return raw;
  const expanded: Record<string, string | undefined> =
    expand({ parsed: { ...all }, processEnv: {} }).parsed ?? {};
  for (const values of raw.values()) {
    for (const [name, text] of values) if (text === all[name]) values.set(name, expanded[name] ?? text);
  }
  return raw;
}

/** As Docker Compose reads them. It is no package, so this is our reader of its dialect, which its vectors hold. */
function readByCompose(files: readonly PlainFile[]): DotenvTexts {
  const layers = files.map(({ path }) => ({ path, format: "dotenv", dialect: "compose" }));
  const manifest = JSON.stringify({ project: "compose", environments: { local: {} }, layers });
  const { project } = readManifest(manifest, { root: "/", file: "compose" });
  const environment = project!.environments[0]!;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const { settings } = resolve({
    project: project!,
    environment,
    layers: layersFor(project!, environment).map((layer) => ({ ...layer, text: texts.get(layer.path) })),
    secrets: [],
    process: {},
    rules: "unasked",
    references: undefined,
  });
  const read = new Map<string, Map<string, string>>(files.map(({ path }) => [path, new Map()]));
  for (const { name, text, history } of settings.values()) {
    read.get(history.find(({ wins }) => wins)!.source)!.set(name, text);
  }
  return read;
}

/** Keys laid over each other. A map gives way to what is laid over it, and a value to a map. */
class Overlay {
  readonly values = new Map<string, PlainValue>();
  /** Paths of values, and of the maps above them, so that only a real conflict is searched for. */
  readonly #leaves = new Set<string>();
  readonly #maps = new Set<string>();

  put(name: string, next: PlainValue): void {
    const { path } = next;
    if (path) {
      const above = path.slice(0, -1).map((_, at) => JSON.stringify(path.slice(0, at + 1)));
      const own = JSON.stringify(path);
      if (this.#maps.has(own) || above.some((one) => this.#leaves.has(one))) this.#clear(path);
      this.#leaves.add(own);
      for (const one of above) this.#maps.add(one);
    }
    this.values.set(name, next);
  }

  #clear(path: readonly string[]): void {
    const isAbove = (one: readonly string[], other: readonly string[]) =>
      one.length < other.length && one.every((key, at) => key === other[at]);
    for (const [name, { path: other }] of this.values) {
      if (other && (isAbove(path, other) || isAbove(other, path))) this.values.delete(name);
    }
  }
}

/**
 * The keys of one environment.
 *
 * @param files in the order in which they are laid over each other
 * @throws SyntaxError for a file that its format's package refuses; it names the file and quotes nothing
 */
export function plainValues(
  files: readonly PlainFile[],
  reader: DotenvReader,
): ReadonlyMap<string, PlainValue> {
  const own = files.filter(({ format }) => format === "dotenv");
  const dotenv = reader === "compose" ? readByCompose(own) : readByPackage(own, reader === "dotenv-expand");
  const overlay = new Overlay();
  for (const file of files) {
    if (file.format === "dotenv") {
      for (const [name, text] of dotenv.get(file.path)!) {
        overlay.put(name, { value: text, text, path: undefined, file: file.path });
      }
    } else if (file.format === "tfvars") {
      // No package reads HCL; Terraform's own reader is no library.
      for (const { name, value, text, path } of parseTfvarsLayer(file.text, file.path, () => false).entries) {
        overlay.put(name, { value, text, path, file: file.path });
      }
    } else {
      for (const [path, value] of leavesOf(readTree(file), [])) {
        overlay.put(settingName(path), { value, text: plainText(value), path, file: file.path });
      }
    }
  }
  return overlay.values;
}
