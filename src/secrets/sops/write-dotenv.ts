/**
 * SOPS files in dotenv form: the metadata flattened into names, as {@link readDotenv} reads them, and sorted; a line
 * feed in a value is written as `\n`.
 */
import type { MetadataNode } from "./document.ts";
import type { Fields } from "./keys.ts";
import { METADATA_PREFIX } from "./read-dotenv.ts";
import type { SealedLeaf } from "./value.ts";

function flatten(name: string, node: MetadataNode): [string, string][] {
  if (typeof node === "string") return [[name, node]];
  const separator = Array.isArray(node) ? "__list_" : "__map_";
  return Object.entries(node as Fields).flatMap(([key, child]) =>
    flatten(`${name}${separator}${key}`, child),
  );
}

/** Leaves in their order, then the metadata. */
export function writeDotenv(leaves: readonly SealedLeaf[], metadata: Fields): string {
  const flat = Object.entries(metadata)
    .flatMap(([key, node]) => flatten(`${METADATA_PREFIX}${key}`, node))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return [...leaves.map(({ name, raw }) => [name, raw]), ...flat]
    .map(([name, text]) => `${name}=${text!.replaceAll("\n", "\\n")}\n`)
    .join("");
}
