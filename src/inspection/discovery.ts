/**
 * Decides from paths alone which files of a folder are configuration, and which environment each belongs to.
 *
 * Two looks: the first takes every path by itself (a name as `.env.production`, a folder as `environments/dev`);
 * the second takes what stands beside: an unknown name in the position of known ones is an environment too, and
 * `base.yml` is a base only where environments lie over it.
 */
import type { EnvironmentClass, InspectedRole } from "../model/inspection.ts";
import type { LayerFormat } from "../model/layer.ts";
import { environmentOf, type NamedEnvironment, unknownEnvironment } from "./environment-name.ts";
import { type FileKind, fileKind, type Shape } from "./file-kind.ts";
import { type Position, positionOf } from "./position.ts";

/** One file that is configuration. */
export interface SourceFile {
  readonly path: string;
  readonly format: LayerFormat;
  readonly shape: Shape;
  readonly role: InspectedRole;
  readonly environment: { readonly name: string; readonly class: EnvironmentClass } | undefined;
  /** Files of one unit are layers of the same thing: the folder of an application, empty for the root. */
  readonly unit: string;
  /** Keys are compared within one part of a unit; the content may divide it further. */
  readonly part: string;
  /** Place in the order of layers: a later one wins. */
  readonly rank: number;
  readonly reason: string;
  /** Counts as configuration only if its content says so: environments as top-level keys, or a manifest. */
  readonly sniffed: boolean;
  /** Where in the path the environment's name stands: the text before it, the name as written, the text behind it. */
  readonly mark: PathMark | undefined;
}

export interface PathMark {
  readonly before: string;
  readonly written: string;
  readonly after: string;
}

interface Candidate {
  readonly path: string;
  readonly kind: FileKind;
  readonly position: Position;
  /** What the first look says; undefined for a base, an example or what is not yet known. */
  readonly environment: NamedEnvironment | undefined;
  /** The word and what stands around it, for the second look. */
  readonly mark: { readonly written: string; readonly beside: string } | undefined;
  readonly reason: string;
}

function candidateOf(path: string): Candidate | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const kind = fileKind(name);
  const position = positionOf(path);
  if (!kind || position.foreign) return undefined;
  const folder = path.slice(0, -name.length);
  const { folderMark } = position;
  const inFolder = folderMark && environmentOf(folderMark.written);
  if (folderMark && (inFolder || folderMark.underParent)) {
    return {
      path,
      kind,
      position,
      environment: inFolder,
      mark: { written: folderMark.written, beside: folderMark.parent },
      reason: `in the folder ${folderMark.parent}${folderMark.written}/`,
    };
  }
  const others =
    kind.mark &&
    name
      .toLowerCase()
      .replace(kind.mark.toLowerCase(), "*")
      .replace(/[._-]?\*[._-]?/, "*");
  const beside = `${folder}${kind.shape} ${others ?? ""}`;
  const byName = kind.mark === undefined ? undefined : environmentOf(kind.mark);
  const trusted = byName && (byName.sure || !kind.whole || position.inConfig);
  return {
    path,
    kind,
    position,
    environment: trusted ? byName : undefined,
    mark: kind.mark === undefined ? undefined : { written: kind.mark, beside },
    reason: trusted ? `${kind.mark} in its name` : "",
  };
}

/** What the second look asks about the others. */
interface Neighbours {
  /** Positions in which at least one known environment stands. */
  readonly known: ReadonlySet<string>;
  /** Units with files of environments. */
  readonly units: ReadonlySet<string>;
  /** Folders with files of environments directly in them. */
  readonly folders: ReadonlySet<string>;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

function neighboursOf(candidates: readonly Candidate[]): Neighbours {
  const marked = candidates.filter(({ environment }) => environment !== undefined);
  const real = marked.filter(({ kind, environment }) => !kind.example && environment!.class !== "local");
  return {
    known: new Set(
      marked.filter(({ environment }) => environment!.class !== "local").map(({ mark }) => mark!.beside),
    ),
    units: new Set(real.map(({ position }) => position.unit)),
    folders: new Set(real.map(({ path }) => folderOf(path))),
  };
}

const DEEPEST = 100;
/** Shorter words are abbreviations. */
const SHORTEST_WORD = 5;

function rankOf({ path, kind, position }: Candidate, role: InspectedRole): number {
  const step = role === "base" ? 0 : kind.override ? 2 : 1;
  const depth = Math.min(path.split("/").length, DEEPEST - 1);
  return (step * DEEPEST + depth) * 2 + (kind.format === "dotenv" || position.foreign ? 1 : 0);
}

/** Undefined where the name is put together from several words of the path. */
function pathMark({ path, position, mark }: Candidate): PathMark | undefined {
  if (mark === undefined) return undefined;
  const from = position.folderMark ? position.folderMark.parent.length : path.lastIndexOf("/") + 1;
  const at = path.toLowerCase().indexOf(mark.written.toLowerCase(), from);
  if (at < 0) return undefined;
  const end = at + mark.written.length;
  return { before: path.slice(0, at), written: path.slice(at, end), after: path.slice(end) };
}

function fileOf(
  candidate: Candidate,
  role: InspectedRole,
  reason: string,
  environment?: NamedEnvironment,
  sniffed = false,
): SourceFile {
  const { path, kind, position } = candidate;
  const { format, shape } = kind;
  const named = environment && { name: environment.name, class: environment.class };
  const rank = rankOf(candidate, role);
  const part = partOf(candidate);
  const mark = environment && pathMark(candidate);
  return {
    path,
    format,
    shape,
    role,
    environment: named,
    unit: position.unit,
    part,
    rank,
    reason,
    sniffed,
    mark,
  };
}

/** A file of its own name in an environment's folder (`production/worker.yml`) is a part of its own. */
function partOf({ kind, position }: Candidate): string {
  if (kind.shape === "terraform" || kind.shape === "chart") return kind.shape;
  const own = position.folderMark !== undefined && kind.whole && kind.format !== "dotenv";
  return own ? (kind.mark ?? "") : "";
}

/** A file whose name marks no environment. */
function unmarked(candidate: Candidate, near: Neighbours): SourceFile | undefined {
  const { kind, position, path } = candidate;
  const over = near.units.has(position.unit);
  if (kind.format === "dotenv" && kind.mark === undefined) {
    if (!kind.plain || /\.env\.(?:keys|vault|me)$/.test(path))
      return fileOf(candidate, "other", "no environment's");
    return over
      ? fileOf(candidate, "base", "no environment in its name, and others lie over it")
      : fileOf(candidate, "environment", "the only one of its kind: this machine's", environmentOf("local"));
  }
  if (kind.format === "dotenv") return fileOf(candidate, "other", "its name is no environment's");
  if (kind.mark === undefined || /^(?:default|base|common|shared|defaults|global|all)$/.test(kind.mark)) {
    const settled =
      kind.shape !== "settings" || near.folders.has(folderOf(path)) || (position.inConfig && over);
    if (over && settled)
      return fileOf(candidate, "base", "no environment in its name, and others lie over it");
    if (kind.shape === "compose" || kind.shape === "task" || kind.shape === "serverless")
      return fileOf(candidate, "base", "one for all environments");
  }
  if (position.deployment)
    return fileOf(candidate, "base", "a manifest for all environments", undefined, true);
  if (position.configFolder)
    return fileOf(candidate, "base", "environments are its top-level keys", undefined, true);
  return undefined;
}

function settle(candidate: Candidate, near: Neighbours): SourceFile | undefined {
  const { kind, environment, mark, reason, position } = candidate;
  if (kind.example) return fileOf(candidate, "example", "a template by its name");
  if (environment) return fileOf(candidate, "environment", reason, environment);
  const beside = mark !== undefined && near.known.has(mark.beside);
  const inFolder = position.folderMark !== undefined && mark !== undefined && reason !== "";
  if (mark && beside && (inFolder || !kind.whole || environmentOf(mark.written))) {
    const named = environmentOf(mark.written) ?? unknownEnvironment(mark.written);
    return fileOf(candidate, "environment", reason || `${mark.written} beside known environments`, named);
  }
  if (inFolder) return undefined;
  return unmarked(candidate, near);
}

/** Files that name an environment but are code, or another tool's: shown, never read. */
function noted(path: string): SourceFile | undefined {
  const base = {
    path,
    format: "dotenv",
    shape: "settings",
    unit: "",
    part: "",
    rank: 0,
    sniffed: false,
    mark: undefined,
  } as const;
  if (
    /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) ||
    /^(?:\.gitlab-ci\.yml|\.circleci\/config\.yml)$/.test(path)
  ) {
    return { ...base, role: "noted", environment: undefined, reason: "a workflow: not read" };
  }
  if (/(?:^|\/)\.envrc$/.test(path)) {
    return { ...base, role: "noted", environment: undefined, reason: "a shell script: never run, not read" };
  }
  const code =
    /(?:^|\/)(?:config|settings|environments?)\/(?:environments\/)?(?:environment\.)?([a-z]+)\.(?:rb|py|js|cjs|mjs|ts)$/.exec(
      path,
    ) ?? /(?:^|\/)(?:config|settings)_([a-z]+)\.(?:py|rb)$/.exec(path);
  const named = code && environmentOf(code[1]!);
  if (!named) return undefined;
  return {
    ...base,
    role: "noted",
    environment: { name: named.name, class: named.class },
    reason: "code: never run, not read",
  };
}

/** Environments that are written out in one way only keep that word: `testing` stays `testing`, `prod` is production. */
function spellings(candidates: readonly Candidate[]): ReadonlyMap<string, string> {
  const written = new Map<string, Set<string>>();
  for (const { environment, mark } of candidates) {
    if (!environment) continue;
    const words = written.get(environment.name) ?? new Set();
    written.set(environment.name, words.add(mark!.written.toLowerCase()));
  }
  const single = [...written]
    .filter(([, words]) => words.size === 1)
    .map(([name, [word]]) => [name, word!] as const);
  return new Map(single.filter(([, word]) => word.length >= SHORTEST_WORD && /^[a-z]+$/.test(word)));
}

function rename<T extends { readonly name: string }>(
  environment: T,
  spelled: ReadonlyMap<string, string>,
): T {
  return { ...environment, name: spelled.get(environment.name) ?? environment.name };
}

/** @param paths relative to the root, with forward slashes @returns in the order of layers, base first */
export function discover(paths: readonly string[]): SourceFile[] {
  const candidates = paths.flatMap((path) => candidateOf(path) ?? []);
  const near = neighboursOf(candidates);
  const spelled = spellings(candidates);
  const files = candidates
    .flatMap((candidate) => settle(candidate, near) ?? [])
    .map((file) => ({ ...file, environment: file.environment && rename(file.environment, spelled) }));
  const found = new Set(files.map(({ path }) => path));
  const notes = paths.filter((path) => !found.has(path)).flatMap((path) => noted(path) ?? []);
  return [...files, ...notes].sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1));
}
