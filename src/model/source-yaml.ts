/**
 * Reads YAML 1.2 (core schema) into a source tree: what people mostly write by a small reader of lines, everything
 * else, and whatever is wrong, by the `yaml` library. A test holds one against the other.
 */
import { markOf } from "../base/byte-order-mark.ts";
import type { Source } from "./source-tree.ts";
import { readYamlDocument, type YamlOptions } from "./source-yaml-document.ts";
import { readYamlLines } from "./source-yaml-lines.ts";

/** Reads YAML. Places count from the text's first character; a byte order mark is skipped. */
export function readYaml(withMark: string, file: string, options?: YamlOptions): Source {
  const text = withMark.slice(markOf(withMark).length);
  const root = readYamlLines(text, file);
  return root ? { root, problems: [] } : readYamlDocument(text, file, options);
}
