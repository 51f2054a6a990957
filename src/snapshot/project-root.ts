/** Where a project begins: the nearest folder upward that holds a manifest. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

export const MANIFEST = "ringfence.yaml";

/** The nearest folder with a manifest, from `from` upward; undefined when there is none. */
export function findProjectRoot(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(`${folder}/${MANIFEST}`)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
