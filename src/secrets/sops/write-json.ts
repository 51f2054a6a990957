/** SOPS files in JSON form, laid out as sops does: indented by tabs, and the metadata behind the values. */
import type { MetadataNode } from "./document.ts";
import type { Fields } from "./keys.ts";
import type { SealedLeaf } from "./value.ts";

/** What sops reads as a number or a boolean, and in no other way. */
const NOT_TEXT = new Set(["shamir_threshold", "mac_only_encrypted"]);

function toJson(node: MetadataNode): unknown {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(toJson);
  const entries = Object.entries(node as Fields);
  return Object.fromEntries(
    entries.map(([key, child]) => [
      key,
      NOT_TEXT.has(key) && typeof child === "string" ? JSON.parse(child) : toJson(child),
    ]),
  );
}

/** Leaves in their order, then the metadata. */
export function writeJson(leaves: readonly SealedLeaf[], metadata: Fields): string {
  const sops = JSON.stringify(toJson(metadata), null, "\t").replaceAll("\n", "\n\t");
  const lines = leaves.map(({ name, raw }) => `\t${JSON.stringify(name)}: ${JSON.stringify(raw)},\n`);
  return `{\n${lines.join("")}\t"sops": ${sops}\n}\n`;
}
