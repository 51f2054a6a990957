/** Where a project begins: the nearest folder upward that holds a manifest. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { absolutePath } from "../base/absolute-path.ts";

export const MANIFEST = "ringfence.yaml";

/** The nearest folder with a manifest, from `from` upward; undefined when there is none. */
export function findProjectRoot(from: string): string | undefined {
  for (let folder = absolutePath(from); ; folder = dirname(folder)) {
    if (existsSync(`${folder}/${MANIFEST}`)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
