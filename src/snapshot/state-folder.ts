/** The folder of a project's state: caches, spools, store, environments. Git never sees it. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { systemCode } from "../base/error.ts";

export function stateFolder(root: string): string {
  return `${root}/.ringfence`;
}

/**
 * Makes the folder, with a `.gitignore` of its own, so that nobody has to think of it. Where that is not possible
 * nothing happens: whoever then writes into it has the better words for it.
 */
export function ensureStateFolder(root: string): void {
  const folder = stateFolder(root);
  const ignore = `${folder}/.gitignore`;
  if (existsSync(ignore)) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(ignore, "*\n");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
