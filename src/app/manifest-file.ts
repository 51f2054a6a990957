/** Edits of the manifest that keep its comments and order. */
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { readManifest } from "../model/manifest.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import { manifestError, readTextIfThere } from "./project.ts";

/** The manifest's text with one value set; comments and order stay. */
export function withValue(text: string, path: readonly string[], value: unknown): string {
  const document = parseDocument(text, { uniqueKeys: false });
  for (let depth = 1; depth < path.length; depth++) {
    const parent = path.slice(0, depth);
    // An empty map is written `{}`: what is put into it shall stand on lines of its own.
    const node = document.getIn(parent);
    if (isMap(node)) {
      if (node.items.length === 0) node.flow = false;
    } else document.setIn(parent, document.createNode({}));
  }
  document.setIn(path, document.createNode(value));
  return document.toString({ lineWidth: 0 });
}

/**
 * Sets one value in the project's manifest, atomically.
 *
 * @throws APP_MANIFEST_INVALID when the result would not be valid; the file is then untouched.
 */
export function editManifest(root: string, path: readonly string[], value: unknown): void {
  const file = join(root, MANIFEST);
  const text = withValue(readTextIfThere(file) ?? "", path, value);
  const { project, findings } = readManifest(text, { root, file: MANIFEST });
  if (!project) throw manifestError(findings, `${MANIFEST} with ${path.join(".")}`);
  writeFileAtomic(file, text);
}
