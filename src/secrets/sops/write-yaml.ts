/** SOPS files in YAML form, laid out as sops does: four spaces, and long texts as literal blocks. */
import type { MetadataNode } from "./document.ts";
import type { Fields } from "./keys.ts";
import type { SealedLeaf } from "./value.ts";

/** Plain YAML keys that some parser takes for a boolean or null. */
const NOT_PLAIN = /^(y|n|yes|no|on|off|true|false|null)$/i;
/** What every parser reads as this text without quotes. */
const PLAIN =
  /^(?:[A-Za-z_/][\w@%+=./-]*|ssh-ed25519 [\w+/=]+|ENC\[[\w+/=:,]+\]|[0-9]{1,3}|[0-9]+\.[0-9]+\.[0-9]+)$/;
/** A text that a literal block keeps as it is: lines with something in them, no spaces at either end. */
const BLOCK = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\n)+$/;
const STEP = "    ";

function keyText(name: string): string {
  return NOT_PLAIN.test(name) || !/^[A-Za-z_]\w*$/.test(name) ? JSON.stringify(name) : name;
}

function scalar(text: string): string {
  return PLAIN.test(text) && !NOT_PLAIN.test(text) ? text : JSON.stringify(text);
}

/** One key with what belongs to it; the first line begins at the indentation itself. */
function entryLines(key: string, node: MetadataNode, indent: string): string[] {
  const head = `${indent}${keyText(key)}:`;
  if (typeof node === "string") {
    if (!BLOCK.test(node)) return [`${head} ${scalar(node)}`];
    return [
      `${head} |`,
      ...node
        .trimEnd()
        .split("\n")
        .map((line) => `${indent}  ${line}`),
    ];
  }
  if (!Array.isArray(node)) return [head, ...mapLines(node as Fields, indent + STEP)];
  return [head, ...node.flatMap((item: MetadataNode) => itemLines(item, indent + STEP))];
}

function mapLines(fields: Fields, indent: string): string[] {
  return Object.entries(fields).flatMap(([key, node]) => entryLines(key, node, indent));
}

/** An item of a list; of a map, the first key stands behind the hyphen. */
function itemLines(item: MetadataNode, indent: string): string[] {
  if (typeof item === "string") return [`${indent}- ${scalar(item)}`];
  const lines = mapLines(item as Fields, `${indent}  `);
  return lines.map((line, index) => (index === 0 ? `${indent}- ${line.slice(indent.length + 2)}` : line));
}

/** Leaves in their order, then the metadata. */
export function writeYaml(leaves: readonly SealedLeaf[], metadata: Fields): string {
  const lines = [
    ...leaves.map(({ name, raw }) => `${keyText(name)}: ${raw === "" ? '""' : raw}`),
    "sops:",
    ...mapLines(metadata, STEP),
  ];
  return `${lines.join("\n")}\n`;
}
