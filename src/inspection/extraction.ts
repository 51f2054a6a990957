/** The keys of one file, by what the file is: flat layers, trees, services of compose files, containers, charts. */
import { formatPlace } from "../base/place.ts";
import type { InspectionProblem } from "../model/inspection.ts";
import type { SourceNode } from "../model/source-tree.ts";
import type { SourceFile } from "./discovery.ts";
import { environmentOf } from "./environment-name.ts";
import type { Item, Part, Readers } from "./item.ts";
import { isManifest, kubernetesParts } from "./kubernetes.ts";
import { splitPrefixes } from "./prefixes.ts";
import { withoutControls } from "./shown-value.ts";
import {
  assignments,
  child,
  entriesOf,
  flatten,
  itemsOf,
  namedValues,
  readTrees,
  textOf,
} from "./tree-entries.ts";

export interface Extraction {
  readonly items: readonly Item[];
  readonly problems: readonly InspectionProblem[];
  /** Paths of `.env` files that a compose file names, relative to it. */
  readonly envFiles: readonly string[];
  /** False where the content shows that the file is no configuration after all. */
  readonly counts: boolean;
}

function composeParts(root: SourceNode): Part[] {
  return [...entriesOf(child(root, "services"))].map(([service, { value }]) => {
    const environment = child(value, "environment");
    const entries =
      environment?.kind === "map"
        ? [...entriesOf(environment)].map(([name, entry]) => ({
            name,
            text: textOf(entry.value)!,
            place: entry.keyPlace,
            // A key without a value is taken from the shell that starts it.
            reference: entry.value.kind === "scalar" && entry.value.value === null,
          }))
        : assignments(environment);
    return { part: `${service} in compose`, entries };
  });
}

function composeEnvFiles(root: SourceNode): string[] {
  return [...entriesOf(child(root, "services")).values()].flatMap(({ value }) => {
    const named = child(value, "env_file");
    const all = named?.kind === "list" ? named.items : named ? [named] : [];
    return all.flatMap((item) => textOf(item.kind === "map" ? child(item, "path") : item) ?? []);
  });
}

function taskParts(root: SourceNode): Part[] {
  const definition = child(root, "taskDefinition") ?? root;
  return itemsOf(child(definition, "containerDefinitions")).map((container) => ({
    part: `${textOf(child(container, "name")) ?? "container"} in the task`,
    entries: [
      ...namedValues(child(container, "environment")),
      ...namedValues(child(container, "secrets")).map((entry) => ({ ...entry, reference: true })),
    ],
  }));
}

function serverlessParts(root: SourceNode, name: Readers["settingName"]): Part[] {
  const block = (node: SourceNode | undefined) => (node ? flatten(node, name) : []);
  const functions = [...entriesOf(child(root, "functions"))].map(([key, { value }]) => ({
    part: `function ${key}`,
    entries: block(child(value, "environment")),
  }));
  const stages = [...entriesOf(child(root, "params"))].flatMap(([stage, { value }]) => {
    const environment = environmentOf(stage);
    return environment ? [{ part: "parameters", environment, entries: block(value) }] : [];
  });
  return [
    { part: "serverless", entries: block(child(root, "provider", "environment")) },
    ...functions,
    ...stages,
  ];
}

const SHARED_KEYS = new Set(["default", "defaults", "shared", "common", "base"]);

/** A file whose top-level keys are environments, as Rails' `database.yml`; undefined for any other. */
function partsByEnvironment(
  file: SourceFile,
  root: SourceNode,
  name: Readers["settingName"],
): Part[] | undefined {
  const top = [...entriesOf(root)];
  const named = top.filter(([key, { value }]) => value.kind === "map" && environmentOf(key) !== undefined);
  const rest = top.filter(([key]) => environmentOf(key) === undefined);
  if (named.length < 2 || rest.some(([key]) => !SHARED_KEYS.has(key) && !key.startsWith("x-")))
    return undefined;
  const part = file.path.slice(file.path.lastIndexOf("/") + 1);
  return named.map(([key, { value }]) => ({
    part,
    environment: environmentOf(key)!,
    entries: flatten(value, name),
  }));
}

function treeParts(file: SourceFile, root: SourceNode, name: Readers["settingName"]): Part[] | undefined {
  if (file.shape === "compose") return composeParts(root);
  if (file.shape === "task" || child(root, "containerDefinitions")) return taskParts(root);
  if (file.shape === "serverless") return serverlessParts(root, name);
  if (isManifest(file, root)) return kubernetesParts(root);
  if (file.shape === "settings" && file.role === "base") {
    const parts = partsByEnvironment(file, root, name);
    if (parts) return parts;
  }
  if (file.sniffed || root.kind !== "map") return undefined;
  return [{ part: file.part, entries: flatten(root, name) }];
}

function itemsOfPart(file: SourceFile, { part, environment, entries, encoded }: Part): Item[] {
  return entries.map(({ name, text, place, reference }) => ({
    key: name,
    name,
    text,
    place,
    file,
    part: withoutControls(part),
    environment: file.environment ?? environment,
    reference,
    encoded: encoded ?? false,
  }));
}

/** The readers' own words may quote an alias, which may be a value without quotes: `password: *hunter2`. */
const UNREADABLE = { yaml: "this is not YAML that can be read", json: "this is not JSON" } as const;

function extractTree(file: SourceFile, format: "yaml" | "json", text: string, readers: Readers): Extraction {
  const sources = readTrees(format, text, file.path);
  const problems: InspectionProblem[] = [];
  const items: Item[] = [];
  const envFiles: string[] = [];
  let counts = false;
  for (const { root, problems: found } of sources) {
    const broken = root ? undefined : found[0];
    if (broken && !file.sniffed) problems.push({ where: formatPlace(broken.place), why: UNREADABLE[format] });
    const parts = root && treeParts(file, root, readers.settingName);
    counts ||= parts !== undefined || (broken !== undefined && !file.sniffed);
    for (const part of parts ?? []) items.push(...itemsOfPart(file, part));
    if (root && file.shape === "compose") envFiles.push(...composeEnvFiles(root));
  }
  return { items, problems, envFiles, counts: counts || (!file.sniffed && sources.length === 0) };
}

/** Reads one file's keys. Never throws for what stands in it; a mistake is a problem that quotes nothing. */
export function extract(file: SourceFile, text: string, readers: Readers): Extraction {
  const { format } = file;
  if (format === "yaml" || format === "json") return extractTree(file, format, text, readers);
  const { entries, problems } = readers.layer(format, text, file.path);
  const plain = entries.map(({ name, text: value, place }) => ({
    name,
    text: value,
    place,
    reference: false,
  }));
  return {
    items: splitPrefixes(itemsOfPart(file, { part: file.part, entries: plain })),
    problems: problems
      .filter(({ code }) => code === "SETTING_SYNTAX")
      .map(({ place, why }) => ({ where: formatPlace(place), why })),
    envFiles: [],
    counts: true,
  };
}
