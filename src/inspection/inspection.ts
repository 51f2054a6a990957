/** Everything that can be said about a project's environments from its files alone. Pure: the application reads, this compares. */
import { passwordIn } from "../model/credential-text.ts";
import type {
  GitState,
  InspectedEnvironment,
  InspectedFile,
  Inspection,
  InspectionProblem,
} from "../model/inspection.ts";
import { compare, exampleGaps } from "./comparison.ts";
import type { SourceFile } from "./discovery.ts";
import { extract } from "./extraction.ts";
import type { Item, Readers } from "./item.ts";
import { itemsIn, type Known, type Landscape, landscapeOf } from "./landscape.ts";
import { findOutOfPlace, findReadableSecrets } from "./leaks.ts";
import { secretKind } from "./secret-shape.ts";
import { findSharing } from "./sharing.ts";
import { shownName } from "./shown-value.ts";

export interface InspectionInput {
  /** As `discover` gives them, in the order of layers. */
  readonly files: readonly SourceFile[];
  /** A file's text; undefined for one that can't be read, which is a problem of the caller's. */
  readonly text: (path: string) => string | undefined;
  readonly readers: Readers;
  readonly git: (path: string) => GitState;
}

export interface InspectionResult {
  readonly inspection: Inspection;
  /** Values that must never be shown, for whoever scrubs output. */
  readonly secretTexts: readonly string[];
  /** Distinct names of keys. */
  readonly keys: number;
}

/** A path relative to a file, put together; undefined where it leads out of the project. */
function beside(file: string, relative: string): string | undefined {
  const parts = [...file.split("/").slice(0, -1), ...relative.split("/")];
  const path: string[] = [];
  for (const part of parts) {
    if (part === "..") {
      if (path.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") path.push(part);
  }
  return path.join("/");
}

interface Read {
  readonly items: Item[];
  readonly problems: InspectionProblem[];
  readonly files: InspectedFile[];
  readonly named: Known[];
}

/** Compose files first: they may say whose an `.env` file is that no name gives away. */
function claims(input: InspectionInput): ReadonlyMap<string, SourceFile> {
  const claimed = new Map<string, SourceFile>();
  for (const file of input.files.filter(({ shape, environment }) => shape === "compose" && environment)) {
    const text = input.text(file.path);
    if (text === undefined) continue;
    for (const relative of extract(file, text, input.readers).envFiles) {
      const path = beside(file.path, relative);
      if (path !== undefined) claimed.set(path, file);
    }
  }
  return claimed;
}

function claimedFile(file: SourceFile, by: SourceFile | undefined): SourceFile {
  if (!by || file.role !== "other" || !by.environment) return file;
  return { ...file, role: "environment", environment: by.environment, reason: `named by ${by.path}` };
}

function readAll(input: InspectionInput): Read {
  const all: Read = { items: [], problems: [], files: [], named: [] };
  const claimed = claims(input);
  for (const found of input.files) {
    const file = claimedFile(found, claimed.get(found.path));
    const { path, role, environment, reason } = file;
    const text = role === "noted" ? undefined : input.text(path);
    const read = text === undefined ? undefined : extract(file, text, input.readers);
    if (read && !read.counts) continue;
    all.items.push(...(read?.items ?? []));
    all.problems.push(...(read?.problems ?? []));
    if (environment && role === "environment") all.named.push(environment);
    all.files.push({
      path,
      role,
      environment: environment?.name ?? null,
      reason,
      keys: read?.items.length ?? 0,
    });
  }
  return all;
}

function environmentsOf(landscape: Landscape, { items, files }: Read): InspectedEnvironment[] {
  return landscape.environments.map(({ name, class: near }) => {
    const named = files.filter(({ role, environment }) => role === "environment" && environment === name);
    const own = items.filter((item) => item.environment?.name === name && item.file.role !== "example");
    const paths = [...named.map(({ path }) => path), ...own.map(({ file }) => file.path)];
    const keys = new Set(
      itemsIn(landscape, name).map((item) => `${item.file.unit} ${item.part} ${item.name}`),
    );
    return { name, class: near, files: [...new Set(paths)], keys: keys.size };
  });
}

export function inspect(input: InspectionInput): InspectionResult {
  const read = readAll(input);
  const { items, problems, files, named } = read;
  const landscape = landscapeOf(items, named);
  const { missing, differences, unfilled, parity } = compare(landscape);
  const shared = findSharing(landscape);
  const told = new Set(
    shared.filter(({ production }) => production).flatMap(({ places }) => places.map(({ where }) => where)),
  );
  return {
    inspection: {
      environments: environmentsOf(landscape, read),
      files,
      shared,
      secrets: findReadableSecrets(items, input.git),
      outOfPlace: findOutOfPlace(items).filter(({ where }) => !told.has(where)),
      missing,
      examples: exampleGaps(items),
      unfilled,
      differences,
      parity,
      problems,
    },
    secretTexts: items.flatMap(({ name, text, reference }) =>
      !reference && secretKind(name, text) ? [passwordIn(text) ?? text] : [],
    ),
    keys: new Set(items.map(({ key }) => shownName(key))).size,
  };
}
