/**
 * The rules of the house (ARCHITECTURE.md), each a function from the project's files to its violations.
 * A violation is one line: where, what, and what the rule wants.
 */
import { posix } from "node:path";
import type { Import, Module } from "./parse-module.ts";

/** What the rules look at. */
export interface House {
  readonly modules: readonly Module[];
  /** Text of package-lock.json. */
  readonly lock: string;
  /** Pages written by hand, by path. */
  readonly pages: Readonly<Record<string, string>>;
  /** True for a file or folder of the project. */
  readonly exists: (path: string) => boolean;
}

export type Rule = (house: House) => string[];

const PLAIN_ROOMS = [
  "base",
  "model",
  "ports",
  "snapshot",
  "settings",
  "contract",
  "cli",
  "server",
  "app",
] as const;
type PlainRoom = (typeof PLAIN_ROOMS)[number];
type RoomKind = PlainRoom | "index" | "adapter" | "capability";

interface Room {
  readonly kind: RoomKind;
  /** Folder: `src/config`, `src/adapters/store-sqlite`; `src` for `src/index.ts`. */
  readonly folder: string;
}

/** Rooms that each kind of room may import from, apart from itself. */
const MAY_IMPORT: Readonly<Record<RoomKind, readonly RoomKind[]>> = {
  base: [],
  model: ["base"],
  ports: ["model", "base"],
  snapshot: ["base"],
  settings: ["snapshot", "base"],
  capability: ["ports", "model", "base"],
  adapter: ["ports", "model", "base"],
  app: ["adapter", "capability", "contract", "settings", "snapshot", "ports", "model", "base"],
  contract: ["model", "base"],
  cli: ["contract", "base"],
  server: ["contract", "base"],
  index: ["app"],
};

const CATALOGUE = "src/app/catalogue.generated.ts";
/** What is bundled for a run from a fresh snapshot. */
const HOT_ENTRIES = ["src/cli/main.ts", "src/cli/attended.ts"];
const ENTRY_FILES = new Set([
  ...HOT_ENTRIES,
  "src/index.ts",
  "src/settings/index.ts",
  "src/cli/dispatch.ts",
  "src/app/describe.ts",
  CATALOGUE,
]);
const FORBIDDEN_NAME = /^(?:utils?|helpers?|managers?|types|common|misc)$|-(?:utils?|helpers?|managers?)$/;
const LONGEST_FILE = 400;
const LONGEST_FUNCTION = 60;

/** Nouns that a room's error codes may start with, where the folder's own noun is not the only one. */
const ERROR_NOUNS: Readonly<Record<string, readonly string[]>> = {
  "src/base": ["FILE"],
  "src/model": ["MANIFEST"],
  "src/snapshot": ["SNAPSHOT", "SPOOL", "ENV", "GUARD"],
  "src/config": ["CONFIG", "SETTING", "MANIFEST"],
  "src/access": ["ACCESS", "PERSON", "APPROVAL", "IDENTITY"],
  "src/pipelines": ["PIPELINE", "STAGE", "GATE", "PROMOTION", "APPROVAL"],
  "src/app": [
    "APP",
    "OPERATION",
    "LEASE",
    "ENVIRONMENT",
    "PROJECT",
    "PERSON",
    "RELEASE",
    "SECRET",
    "PROMOTION",
  ],
  "src/cli": ["CLI", "RUN", "INIT", "USAGE"],
};

const isTest = (path: string) => path.endsWith(".test.ts");
const isGenerated = (path: string) => path.endsWith(".generated.ts");
const inSource = (path: string) => path.startsWith("src/");
const isPackage = (specifier: string) => !specifier.startsWith(".") && !specifier.startsWith("node:");

/** The room a file of `src` belongs to; undefined for files elsewhere. */
function roomOf(path: string): Room | undefined {
  const [top, name, inner] = path.split("/");
  if (top !== "src" || name === undefined) return undefined;
  if (inner === undefined) return { kind: "index", folder: "src" };
  if (name === "adapters") return { kind: "adapter", folder: `src/adapters/${inner}` };
  const plain = PLAIN_ROOMS.find((room) => room === name);
  return { kind: plain ?? "capability", folder: `src/${name}` };
}

/** The project's file that an import names; undefined for packages and Node's own modules. */
function targetOf(module: Module, { specifier }: Import): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(module.path), specifier) : undefined;
}

function* importsOf(house: House): Generator<{ module: Module; taken: Import; target: string }> {
  for (const module of house.modules) {
    for (const taken of module.imports) {
      const target = targetOf(module, taken);
      if (target !== undefined) yield { module, taken, target };
    }
  }
}

/** Why a room may not take this file; undefined when it may. */
function refusal(path: string, taken: Import, target: string): string | undefined {
  const from = roomOf(path)!;
  const to = roomOf(target);
  if (!to)
    return isTest(path) && target.startsWith("test/") ? undefined : "src imports nothing from outside src";
  if (from.folder === to.folder) return undefined;
  if (to.kind === "adapter") {
    if (path === "src/app/app.ts" || isTest(path)) return undefined;
    return "only src/app/app.ts names an adapter";
  }
  if (from.kind === "capability" && to.kind === "capability") return "capabilities never import each other";
  if (from.kind === "cli" || from.kind === "server") {
    if (target === CATALOGUE) return undefined;
    if (to.kind === "model" && taken.kind === "type") return undefined;
    if (to.kind === "snapshot" && (path === "src/cli/main.ts" || path.startsWith("src/cli/run/")))
      return undefined;
  }
  if (MAY_IMPORT[from.kind].includes(to.kind)) return undefined;
  const allowed = MAY_IMPORT[from.kind].join(", ") || "nothing of ours";
  return `${from.folder} may import: ${allowed}`;
}

export const importsStayInBounds: Rule = (house) =>
  [...importsOf(house)].flatMap(({ module, taken, target }) => {
    if (!inSource(module.path)) return [];
    const why = refusal(module.path, taken, target);
    return why ? [`${module.path}:${taken.line} imports ${target}: ${why}`] : [];
  });

export const capabilitiesHaveOneEntrance: Rule = (house) =>
  [...importsOf(house)].flatMap(({ module, taken, target }) => {
    const to = roomOf(target);
    if (!inSource(module.path) || to?.kind !== "capability" || to.folder === roomOf(module.path)!.folder)
      return [];
    if (target === `${to.folder}/index.ts`) return [];
    return [`${module.path}:${taken.line} imports ${target}: enter by ${to.folder}/index.ts`];
  });

/**
 * The generated catalogue's dynamic imports are no edges: they are followed on demand, and an operation such
 * as `operation resume` must be able to find its siblings.
 */
export const noCircles: Rule = (house) => {
  const edges = new Map<string, Set<string>>(house.modules.map((module) => [module.path, new Set<string>()]));
  for (const { module, taken, target } of importsOf(house)) {
    if (isGenerated(module.path) && taken.kind === "dynamic") continue;
    if (edges.has(target)) edges.get(module.path)!.add(target);
  }
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) circles.push([...trail.slice(seenAt), path].join(" → "));
    if (seenAt >= 0 || finished.has(path)) return;
    for (const next of edges.get(path)!) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return circles;
};

export const zodStaysWithSchemas: Rule = (house) =>
  house.modules.flatMap((module) => {
    const allowed = /^src\/(?:model\/manifest[^/]*|app\/.*)$/.test(module.path);
    return module.imports
      .filter(({ specifier }) => inSource(module.path) && /^zod(?:\/|$)/.test(specifier))
      .flatMap(({ names, line }) => {
        if (!allowed) return [`${module.path}:${line} imports zod: only src/model/manifest* and src/app may`];
        // By its name `z` the whole library is bundled, half a megabyte of translated messages with it.
        return names.includes("*") ? [] : [`${module.path}:${line} imports zod by name: write import * as z`];
      });
  });

/** Everything that the hot entries load before they decide to load more. */
export const hotPathLoadsNoPackage: Rule = (house) => {
  const modules = new Map(house.modules.map((module) => [module.path, module]));
  const reached = new Set<string>();
  const violations: string[] = [];
  const visit = (path: string): void => {
    const module = modules.get(path);
    if (!module || reached.has(path)) return;
    reached.add(path);
    for (const taken of module.imports.filter(({ kind }) => kind === "value")) {
      const target = targetOf(module, taken);
      if (target !== undefined) visit(target);
      else if (isPackage(taken.specifier)) {
        violations.push(`${path}:${taken.line} loads ${taken.specifier}: a hot entry reaches no package`);
      }
    }
  };
  for (const entry of HOT_ENTRIES) visit(entry);
  return violations;
};

export const filesStaySmall: Rule = (house) =>
  house.modules
    .filter(({ lines }) => lines > LONGEST_FILE)
    .map(({ path, lines }) => `${path} has ${lines} lines: at most ${LONGEST_FILE}`);

/** In tests, what stands inside of `describe(…)` and `test(…)` does not count: they are lists of cases. */
export const functionsStaySmall: Rule = (house) =>
  house.modules.flatMap(({ path, functions }) => {
    const lists =
      isTest(path) || path.startsWith("test/") ? functions.filter(({ testCallback }) => testCallback) : [];
    const listed = new Set(
      lists.flatMap(({ line, lines }) => Array.from({ length: lines }, (_, at) => line + at)),
    );
    return functions.flatMap(({ name, line, lines }) => {
      const size = Array.from({ length: lines }, (_, at) => line + at).filter((at) => !listed.has(at)).length;
      return size > LONGEST_FUNCTION
        ? [`${path}:${line} ${name} has ${size} lines: at most ${LONGEST_FUNCTION}`]
        : [];
    });
  });

/** Tests are exempt: their `describe` says what they are about. */
export const filesSayWhatTheyAre: Rule = (house) =>
  house.modules
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, opening }) => {
      if (opening === undefined) return [`${path}:1 opens without a comment that says what lives here`];
      const sentences = opening.split(/(?<=[.!?])\s+(?=\S)/).length;
      return sentences > 3
        ? [`${path}:1 opens with ${sentences} sentences: one to three, more in a new paragraph`]
        : [];
    });

export const namesAreKebabCase: Rule = (house) =>
  house.modules.flatMap(({ path }) => {
    const wrong = path.split("/").filter((part) => !/^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part));
    return wrong.map((part) => `${path}: "${part}" is not kebab-case`);
  });

export const namesSaySomething: Rule = (house) =>
  house.modules.flatMap(({ path }) => {
    const empty = path.split("/").filter((part) => FORBIDDEN_NAME.test(part.replace(/\..*$/, "")));
    return empty.map((part) => `${path}: "${part}" says nothing; name the noun or the deed`);
  });

export const nothingIsLeftToDo: Rule = (house) =>
  house.modules.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, at) =>
        /\b(?:TO[D]O|FIX[M]E)\b/.test(line) ? [`${path}:${at + 1} leaves work: ${line.trim()}`] : [],
      ),
  );

/** Exported values that no other file takes. Types may name the parts of a public signature. */
export const nothingIsExportedInVain: Rule = (house) => {
  const taken = new Map<string, Set<string>>();
  for (const {
    taken: { names },
    target,
  } of importsOf(house)) {
    const known = taken.get(target) ?? new Set();
    for (const name of names) known.add(name);
    taken.set(target, known);
  }
  return house.modules
    .filter(({ path }) => inSource(path) && !isTest(path) && !ENTRY_FILES.has(path) && !isGenerated(path))
    .filter(({ path }) => !path.endsWith("/index.ts") && roomOf(path)!.kind !== "index")
    .flatMap(({ path, exports }) => {
      const used = taken.get(path);
      return exports
        .filter(({ name, kind }) => kind === "value" && !used?.has(name) && !used?.has("*"))
        .map(({ name, line }) => `${path}:${line} exports ${name}, which nobody imports`);
    });
};

export const lockNamesNoDownloadAddress: Rule = ({ lock }) => {
  const packages = (JSON.parse(lock) as { packages: Record<string, { resolved?: string; link?: boolean }> })
    .packages;
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && !link)
    .map(
      ([name]) => `package-lock.json: ${name} has a download address; npm ci finds it by name and integrity`,
    );
};

/** npm adds what a machine lacks only when the lock knows it: a platform that is left out fails `npm ci`. */
export const lockIsComplete: Rule = ({ lock }) => {
  type Entry = { optionalDependencies?: Record<string, string>; link?: boolean };
  const packages = (JSON.parse(lock) as { packages: Record<string, Entry> }).packages;
  return Object.entries(packages).flatMap(([name, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (wanted) =>
          !(`node_modules/${wanted}` in packages) && !(`${name}/node_modules/${wanted}` in packages),
      )
      .map((wanted) => `package-lock.json: ${wanted}, optional for ${name}, is missing`),
  );
};

/** `CONFIG` for `src/config`, `SECRET` for `src/secrets`, `STORE` for `src/adapters/store-sqlite`. */
function errorNouns(folder: string): readonly string[] {
  const noun = posix.basename(folder).toUpperCase();
  const singular = noun.replace(/S$/, "");
  return ERROR_NOUNS[folder] ?? (folder.startsWith("src/adapters/") ? adapterNouns(noun) : [noun, singular]);
}

/** `ARTIFACTS-FOLDER` → ARTIFACT(S), `BUILDER-ESBUILD` → BUILD(ER): the port's noun. */
function adapterNouns(name: string): readonly string[] {
  const noun = name.split("-")[0]!;
  return [noun, noun.replace(/S$/, ""), noun.replace(/ER$/, "")];
}

export const errorCodesNameTheirRoom: Rule = (house) => {
  const owners = new Map<string, string>();
  return house.modules
    .filter(({ path }) => inSource(path) && path.endsWith("/errors.ts"))
    .flatMap(({ path, errorCodes }) => {
      const nouns = errorNouns(roomOf(path)!.folder);
      return errorCodes.flatMap(({ code, line }) => {
        const owner = owners.get(code);
        owners.set(code, path);
        if (owner) return [`${path}:${line} ${code} is taken by ${owner}`];
        if (nouns.some((noun) => code.startsWith(`${noun}_`))) return [];
        return [`${path}:${line} ${code} must start with ${nouns.map((noun) => `${noun}_`).join(" or ")}`];
      });
    });
};

export const errorsLiveInCatalogues: Rule = (house) =>
  house.modules
    .filter(({ path, errorCodes }) => inSource(path) && !isTest(path) && errorCodes.length > 0)
    .filter(({ path }) => !path.endsWith("/errors.ts"))
    .map(
      ({ path, errorCodes }) =>
        `${path}:${errorCodes[0]!.line} declares errors: they live in the room's errors.ts`,
    );

/** A page that names a file, as ARCHITECTURE.md does with the test of an invariant, names one that is there. */
export const pagesNameFilesThatExist: Rule = ({ pages, exists }) =>
  Object.entries(pages).flatMap(([page, text]) =>
    text.split("\n").flatMap((line, at) =>
      [...line.matchAll(/`((?:src|test|scripts|docs|bench|examples|changes|\.ci)\/[\w./-]+)`/g)]
        .map(([, path]) => path!)
        .filter((path) => !exists(path))
        .map((path) => `${page}:${at + 1} names ${path}, which is not there`),
    ),
  );
