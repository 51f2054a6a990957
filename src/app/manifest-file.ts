/** The manifest as a file that operations change. How its text is changed stands in config. */
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import type { Json } from "../base/canonical-json.ts";
import { withValue } from "../config/index.ts";
import { readManifest } from "../model/manifest.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import { manifestError, readTextIfThere } from "./project.ts";

/**
 * Sets one value in the project's manifest, atomically.
 *
 * @throws CONFIG_UNEDITABLE; APP_MANIFEST_INVALID when the result would not be valid. The file is then
 * untouched.
 */
export function editManifest(root: string, path: readonly string[], value: Json): void {
  const file = join(root, MANIFEST);
  const text = withValue(readTextIfThere(file) ?? "", path, value);
  const { project, findings } = readManifest(text, { root, file: MANIFEST });
  if (!project) throw manifestError(findings, `${MANIFEST} with ${path.join(".")}`);
  writeFileAtomic(file, text);
}
