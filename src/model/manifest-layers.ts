/** The layers of a manifest: short and long form, and the format that a file's name tells. */
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "./finding-list.ts";
import { FORMATS } from "./manifest-formats.ts";
import type { LayerDeclaration } from "./project.ts";
import { nodeAt, type SourceNode } from "./source-tree.ts";

type LayerFormat = LayerDeclaration["format"];

/** What layers are where the manifest declares none. */
function usualLayers(place: Place): LayerDeclaration[] {
  return [".env", "config/environments/{env}/.env"].map((path) => ({
    path,
    format: "dotenv",
    optional: true,
    place,
  }));
}

/** The format that a file's name tells: `.env`, `.env.local`, `api.env`, `.yaml`, `.yml`, `.json`. */
function formatByName(path: string): LayerFormat | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (file.endsWith(".yaml") || file.endsWith(".yml")) return "yaml";
  if (file.endsWith(".json")) return "json";
  return file === ".env" || file.startsWith(".env.") || file.endsWith(".env") ? "dotenv" : undefined;
}

interface LayerForm {
  readonly path: string;
  readonly format: LayerFormat | undefined;
  readonly optional: boolean;
  readonly place: Place;
}

function formOf(node: SourceNode): LayerForm | undefined {
  if (node.kind === "scalar") {
    if (typeof node.value !== "string" || node.value === "") return undefined;
    const optional = node.value.endsWith("?");
    const path = optional ? node.value.slice(0, -1) : node.value;
    return { path, format: formatByName(path), optional, place: node.place };
  }
  const path = nodeAt(node, ["path"]);
  const format = nodeAt(node, ["format"]);
  const optional = nodeAt(node, ["optional"]);
  if (path?.kind !== "scalar" || typeof path.value !== "string") return undefined;
  const named = format?.kind === "scalar" ? (format.value as LayerFormat) : formatByName(path.value);
  return {
    path: path.value,
    format: named,
    optional: optional?.kind === "scalar" && optional.value === true,
    place: node.place,
  };
}

/** Mistakes in layers that the schema can't tell. */
export function* layerFindings(root: SourceNode): Iterable<FindingDraft> {
  const layers = nodeAt(root, ["layers"]);
  for (const node of layers?.kind === "list" ? layers.items : []) {
    const layer = formOf(node);
    if (!layer) continue;
    const { path, place } = layer;
    if (node.kind === "scalar" && !FORMATS.file.pattern.test(path)) {
      const why = `${JSON.stringify(path)} is no ${FORMATS.file.noun}`;
      yield { code: "MANIFEST_VALUE", place, why, fix: `write one like ${FORMATS.file.example}` };
    } else if (!layer.format) {
      const why = `the name of ${path} does not tell its format`;
      const fix = `write { path: ${path}, format: dotenv } (or yaml, json)`;
      yield { code: "MANIFEST_VALUE", place, why, fix };
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
