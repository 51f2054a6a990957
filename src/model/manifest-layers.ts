/** The layers of a manifest: short and long form, programs, and the format that a file's name tells. */
import { nearest } from "../base/nearest.ts";
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "./finding-list.ts";
import type { DotenvDialect, LayerFormat } from "./layer.ts";
import { FORMATS } from "./manifest-formats.ts";
import type { LayerDeclaration, LayerProgram } from "./project.ts";
import { nodeAt, type SourceNode, textsAt } from "./source-tree.ts";

const PLAIN = {
  dialect: "ringfence",
  optional: false,
  final: false,
  only: undefined,
  program: undefined,
} as const;

/** What layers are where the manifest declares none. */
function usualLayers(place: Place): LayerDeclaration[] {
  return [".env", "config/environments/{env}/.env"].map((path) => ({
    ...PLAIN,
    path,
    format: "dotenv",
    optional: true,
    place,
  }));
}

const ENDINGS: readonly (readonly [ending: string, format: LayerFormat])[] = [
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".toml", "toml"],
  [".tfvars.json", "json"],
  [".tfvars", "tfvars"],
  [".env", "dotenv"],
];

/** The format that a file's name tells: `.env`, `.env.local`, `api.env`, `.yaml`, `.yml`, `.json`, `.toml`, `.tfvars`. */
export function formatByName(path: string): LayerFormat | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (file.startsWith(".env.")) return "dotenv";
  return ENDINGS.find(([ending]) => file.endsWith(ending))?.[1];
}

interface LayerForm extends Omit<LayerDeclaration, "format"> {
  readonly format: LayerFormat | undefined;
}

function textAt(node: SourceNode, key: string): string | undefined {
  const value = nodeAt(node, [key]);
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

function isTrue(node: SourceNode, key: string): boolean {
  const value = nodeAt(node, [key]);
  return value?.kind === "scalar" && value.value === true;
}

function programOf(node: SourceNode): LayerProgram | undefined {
  if (textAt(node, "module") !== undefined) return { kind: "module" };
  const words = textsAt(node, "command").map(({ text }) => text);
  return words.length > 0 ? { kind: "command", command: words } : undefined;
}

function formOf(node: SourceNode): LayerForm | undefined {
  if (node.kind === "scalar") {
    if (typeof node.value !== "string" || node.value === "") return undefined;
    const optional = node.value.endsWith("?");
    const path = optional ? node.value.slice(0, -1) : node.value;
    return { ...PLAIN, path, format: formatByName(path), optional, place: node.place };
  }
  const program = programOf(node);
  const path =
    program?.kind === "command"
      ? program.command.join(" ")
      : (textAt(node, "module") ?? textAt(node, "path"));
  if (path === undefined) return undefined;
  const only = nodeAt(node, ["only"]) ? textsAt(node, "only").map(({ text }) => text) : undefined;
  const finals = textsAt(node, "final").map(({ text }) => text);
  const format = program
    ? "json"
    : ((textAt(node, "format") as LayerFormat | undefined) ?? formatByName(path));
  return {
    path,
    format,
    dialect: (textAt(node, "dialect") as DotenvDialect | undefined) ?? "ringfence",
    optional: isTrue(node, "optional"),
    final: finals.length > 0 ? finals : isTrue(node, "final"),
    only,
    program,
    place: node.place,
  };
}

function* namesFindings(node: SourceNode, known: readonly string[]): Iterable<FindingDraft> {
  for (const { text, place } of textsAt(node, "only")) {
    if (known.includes(text)) continue;
    const meant = nearest(text, known);
    const why = `${text} is no environment and no kind`;
    const fix = meant ? `write ${meant}` : `write one of ${known.join(", ")}`;
    yield { code: "MANIFEST_UNKNOWN_ENVIRONMENT", place, why, fix };
  }
}

/** Mistakes in layers that the schema can't tell. @param known the environments and kinds */
export function* layerFindings(root: SourceNode, known: readonly string[]): Iterable<FindingDraft> {
  const layers = nodeAt(root, ["layers"]);
  for (const node of layers?.kind === "list" ? layers.items : []) {
    const layer = formOf(node);
    if (!layer) continue;
    const { path, place, dialect, format } = layer;
    yield* namesFindings(node, known);
    if (node.kind === "scalar" && !FORMATS.file.pattern.test(path)) {
      const why = `${JSON.stringify(path)} is no ${FORMATS.file.noun}`;
      yield { code: "MANIFEST_VALUE", place, why, fix: `write one like ${FORMATS.file.example}` };
    } else if (!format) {
      const why = `the name of ${path} does not tell its format`;
      const fix = `write { path: ${path}, format: dotenv } (or yaml, json, toml, tfvars)`;
      yield { code: "MANIFEST_VALUE", place, why, fix };
    } else if (dialect !== "ringfence" && format !== "dotenv") {
      const why = `a dialect belongs to a .env file, not to ${format}`;
      yield { code: "MANIFEST_VALUE", place, why, fix: "delete dialect here" };
    }
  }
}

/** The declared layers of a manifest without mistakes, or the usual ones. */
export function layersOf(root: SourceNode, manifest: string): LayerDeclaration[] {
  const layers = nodeAt(root, ["layers"]);
  if (layers?.kind !== "list") return usualLayers({ file: manifest, line: 0, column: 0 });
  return layers.items.flatMap((node) => {
    const layer = formOf(node);
    return layer?.format ? [{ ...layer, format: layer.format }] : [];
  });
}
