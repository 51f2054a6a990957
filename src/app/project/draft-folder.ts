/** From a folder's files to the manifest that says the same: environments, layers, dialects, an inferred schema, and the proof. */
import { basename, join } from "node:path";
import {
  commentAt,
  discover,
  type FiledLayer,
  type InferredSchema,
  inferSchema,
  type Landing,
  type LeftOut,
  landingOf,
  manifestText,
  plainLayer,
  type SeenSetting,
} from "../../inspection/index.ts";
import type { InspectionProblem } from "../../model/inspection.ts";
import type { DotenvDialect } from "../../model/layer.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import { appErrors } from "../errors.ts";
import { fileReader, walk } from "../inspection/folder-walk.ts";
import { gitStates } from "../inspection/git-index.ts";
import {
  type DotenvReader,
  type FollowedReference,
  followedReference,
  type PlainFile,
  plainValues,
} from "./plain-values.ts";
import { type Before, type Proof, prove } from "./proof.ts";

/** Unless a manifest says otherwise. */
const VARIABLE = "ENVIRONMENT";

export interface FolderDraft {
  readonly text: string;
  readonly reader: DotenvReader;
  /** A reference for whose sake dotenv-expand is taken to have read the files. */
  readonly followed: FollowedReference | undefined;
  readonly landing: Landing;
  readonly schema: InferredSchema;
  readonly proof: Proof;
  readonly before: Before;
}

interface Folder {
  readonly root: string;
  readonly again: string;
  readonly textOf: (path: string) => string | undefined;
  readonly problems: readonly InspectionProblem[];
}

function unreadable({ again }: Folder, path: string, why: string) {
  return appErrors.APP_UNREADABLE({
    what: `${path} can't be read, so what it holds can't be kept`,
    where: path,
    why,
    fix: `${again} --without ${path}   # or mend it first`,
  });
}

function fileOf(folder: Folder, path: string, format: PlainFile["format"]): PlainFile {
  const text = folder.textOf(path);
  if (text !== undefined) return { path, format, text };
  const why = folder.problems.find(({ where }) => where === path)?.why;
  throw unreadable(folder, path, why ?? "it is not there");
}

/** An encrypted file is no layer: its values are not what stands in it. */
function withoutSealed(landing: Landing, folder: Folder): Landing {
  const isSealed = ({ path, format }: FiledLayer["files"][number]) =>
    /^sops_|^"?sops"?:|^\s*"sops":|ENC\[AES256_GCM,/m.test(fileOf(folder, path, format).text);
  const sealed = landing.layers.filter(({ files }) => files.some(isSealed));
  const why = "an encrypted file is no layer; secrets have files of their own";
  return {
    ...landing,
    layers: landing.layers.filter((layer) => !sealed.includes(layer)),
    leftOut: [...landing.leftOut, ...sealed.flatMap(({ files }) => files.map(({ path }) => ({ path, why })))],
  };
}

/** Packages that follow references in `.env` files. */
const EXPANDING = /"(?:dotenv-expand|next|vite)"\s*:/;

/** Compose reads `.env` files by rules of its own: those beside a compose file, in one folder. */
function readerOf(layers: readonly FiledLayer[], paths: readonly string[], folder: Folder): DotenvReader {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
  const composed = new Set(
    paths.filter((path) => /(?:^|\/)(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml$/i.test(path)).map(folderOf),
  );
  const dotenv = layers.filter(({ format }) => format === "dotenv").flatMap(({ files }) => files);
  if (dotenv.length > 0 && dotenv.every(({ path }) => composed.has(folderOf(path)))) return "compose";
  const packages = folder.textOf("package.json") ?? "";
  return /"dotenv"\s*:/.test(packages) && !EXPANDING.test(packages) ? "dotenv" : "dotenv-expand";
}

/** Each environment's files, lowest first. */
function filesBefore(folder: Folder, { environments, layers }: Landing): Map<string, PlainFile[]> {
  const files = layers.flatMap((layer) => layer.files).sort((a, b) => a.rank - b.rank);
  return new Map(
    environments.map(({ name }) => {
      const own = files.filter(({ role, environment }) => role === "base" || environment?.name === name);
      return [name, own.map(({ path, format }) => fileOf(folder, path, format))];
    }),
  );
}

/** What shows that references are followed, where they are. */
function followedIn(files: ReadonlyMap<string, PlainFile[]>, reader: DotenvReader) {
  if (reader !== "dotenv-expand") return undefined;
  return [...files.values()].map(followedReference).find((found) => found !== undefined);
}

function plainOrRefuse(folder: Folder, files: readonly PlainFile[], reader: DotenvReader) {
  try {
    return plainValues(files, reader);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const path = files.find((file) => error.message.startsWith(file.path))?.path ?? folder.root;
    throw unreadable(folder, path, error.message);
  }
}

/** Files of another part (Terraform's variables beside the application's) are layers where no name stands in both. */
function withoutCollisions(landing: Landing, folder: Folder, reader: DotenvReader): Landing {
  const namesOf = ({ files }: FiledLayer) =>
    files.flatMap(({ path, format }) => [
      ...plainOrRefuse(folder, [fileOf(folder, path, format)], reader).keys(),
    ]);
  const parts = Map.groupBy(landing.layers, ({ files }) => files[0]!.part);
  const taken = new Set<string>();
  const dropped: FiledLayer[] = [];
  for (const part of [...parts.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const names = parts.get(part)!.flatMap(namesOf);
    if (names.some((name) => taken.has(name))) dropped.push(...parts.get(part)!);
    else for (const name of names) taken.add(name);
  }
  const why = "it has names that other files have for other things";
  return {
    ...landing,
    layers: landing.layers.filter((layer) => !dropped.includes(layer)),
    leftOut: [
      ...landing.leftOut,
      ...dropped.flatMap(({ files }) => files.map(({ path }): LeftOut => ({ path, why }))),
    ],
  };
}

function projectName(folder: Folder, unit: string): string {
  const declared = /"name"\s*:\s*"(?:@[^/"]*\/)?([^"/]+)"/.exec(folder.textOf("package.json") ?? "")?.[1];
  const name = (declared ?? basename(unit || folder.root))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
  return FORMATS.name.pattern.test(name) ? name : "project";
}

interface Drafted {
  readonly text: string;
  readonly proof: Proof;
  readonly layers: readonly FiledLayer[];
}

/** Tries dialects until the values are those of before; the fewest files get one. */
function withDialects(
  landing: Landing,
  reader: DotenvReader,
  draft: (layers: readonly FiledLayer[]) => Drafted,
): Drafted {
  const withDialect = (dialect: DotenvDialect) =>
    landing.layers.map((layer) => (layer.format === "dotenv" ? { ...layer, dialect } : layer));
  const plain = draft(landing.layers);
  if (plain.proof.differences.length === 0) return plain;
  const dialects: readonly DotenvDialect[] = reader === "compose" ? ["compose"] : ["dotenv", "node"];
  let best = dialects
    .map((dialect) => draft(withDialect(dialect)))
    .find(({ proof }) => proof.differences.length === 0);
  if (!best) return plain;
  for (const [at, { dialect }] of best.layers.entries()) {
    if (dialect === "ringfence") continue;
    const fewer = draft(best.layers.with(at, { ...best.layers[at]!, dialect: "ringfence" }));
    if (fewer.proof.differences.length === 0) best = fewer;
  }
  return best;
}

/** Every name with its values and the comments beside it. */
function seenSettings({ proof }: Drafted, before: Before, folder: Folder): SeenSetting[] {
  const names = new Set([...before.values()].flatMap((values) => [...values.keys()]));
  const lines = new Map<string, readonly string[]>();
  const linesOf = (path: string) => {
    const known = lines.get(path) ?? (folder.textOf(path) ?? "").split(/\r?\n/);
    lines.set(path, known);
    return known;
  };
  return [...names].map((name) => {
    const values = new Map<string, { value: never; text: string }>();
    const comments = new Set<string>();
    for (const [environment, plain] of before) {
      const one = plain.get(name);
      if (one) values.set(environment, { value: one.value as never, text: one.text });
      for (const { place, value } of proof.resolutions.get(environment)?.settings.get(name)?.history ?? []) {
        if (place.line === 0 || /\.json$/i.test(place.file)) continue;
        const comment = commentAt(
          linesOf(place.file),
          place.line,
          JSON.stringify(value ?? "#").includes("#"),
        );
        if (comment !== undefined) comments.add(comment);
      }
    }
    return { name, values, comments: [...comments] };
  });
}

/** Above a setting whose name is a secret's. */
const NO_SECRET =
  "looks like a secret, but declared as one its value would be another; replace what it refers to, then write secret: true";

/** Types that change a text are given up, and so are secrets whose text refers to a name; what still differs is the caller's to tell. */
function withSchema(
  drafted: Drafted,
  schema: InferredSchema,
  draft: (schema: InferredSchema) => Drafted,
): { readonly drafted: Drafted; readonly schema: InferredSchema } {
  const typed = draft(schema);
  if (typed.proof.differences.length === 0 || drafted.proof.differences.length > 0)
    return { drafted: typed, schema };
  const names = new Set(typed.proof.differences.map(({ name }) => name));
  const plainer = {
    ...schema,
    settings: schema.settings.map((setting) =>
      names.has(setting.name) ? { ...setting, type: "string" as const, values: undefined } : setting,
    ),
  };
  const untyped = draft(plainer);
  const still = new Set(untyped.proof.differences.map(({ name }) => name));
  if (!plainer.settings.some(({ name, secret }) => secret && still.has(name)))
    return { drafted: untyped, schema: plainer };
  const open = {
    ...plainer,
    settings: plainer.settings.map((setting) =>
      setting.secret && still.has(setting.name) ? { ...setting, secret: false, doubt: NO_SECRET } : setting,
    ),
  };
  return { drafted: draft(open), schema: open };
}

function nothingFound({ root, again }: Folder, { units, leftOut }: Landing) {
  if (units.length > 1) {
    return appErrors.APP_NOTHING_TO_ADOPT({
      what: `${units.length} applications have configuration here, and one manifest is one project's`,
      where: root,
      why: units.map((unit) => unit || "the folder itself").join(", "),
      fix: `ringfence init --here --project ${join(root, units[0]!)}`,
    });
  }
  return appErrors.APP_NOTHING_TO_ADOPT({
    what: "no file here says what an environment's settings are",
    where: root,
    why:
      leftOut.length > 0
        ? leftOut.map(({ path, why }) => `${path}: ${why}`).join("\n")
        : "looked for .env files, and for YAML, JSON, TOML and tfvars by environment",
    fix: `printf 'LOG_LEVEL=debug\\n' > .env.development && ${again}`,
  });
}

/**
 * @param without paths that shall be left out
 * @param again the command, for fixes
 * @throws APP_NOTHING_TO_ADOPT, APP_UNREADABLE for a file that can't be read and is not left out
 */
export function draftFolder(root: string, without: readonly string[], again: string): FolderDraft {
  const problems: InspectionProblem[] = [];
  const folder: Folder = { root, again, textOf: fileReader(root, problems), problems };
  const { paths } = walk(root);
  for (const path of without.filter((one) => !paths.includes(one))) {
    throw appErrors.APP_BAD_INPUT({
      what: `there is no file ${path} to leave out`,
      where: `--without ${path}`,
      fix: "ringfence inspect",
    });
  }
  const found = landingOf(discover(paths), gitStates(root), without);
  if (found.layers.length === 0) throw nothingFound(folder, found);
  const readable = withoutSealed(found, folder);
  const reader = readerOf(readable.layers, paths, folder);
  const landing = withoutCollisions(readable, folder, reader);
  if (landing.environments.length === 0 || landing.layers.length === 0) throw nothingFound(folder, landing);
  const files = filesBefore(folder, landing);
  const before: Before = new Map([...files].map(([name, own]) => [name, plainOrRefuse(folder, own, reader)]));
  const name = projectName(folder, landing.units[0] ?? "");
  const draft = (layers: readonly FiledLayer[], settings: InferredSchema["settings"]): Drafted => {
    const { environments } = landing;
    const text = manifestText({ name, environments, layers: layers.map(plainLayer), settings });
    return { text, layers, proof: prove(text, root, folder.textOf, before) };
  };
  const bare = withDialects(landing, reader, (layers) => draft(layers, []));
  const inferred = inferSchema(seenSettings(bare, before, folder), landing.environments, VARIABLE);
  const { drafted, schema } = withSchema(bare, inferred, ({ settings }) => draft(bare.layers, settings));
  const { text, proof, layers } = drafted;
  const followed = followedIn(files, reader);
  return { text, reader, followed, landing: { ...landing, layers }, schema, proof, before };
}
