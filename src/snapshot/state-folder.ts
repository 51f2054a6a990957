/** The folder of a project's state: caches, spools, store, environments. Git never sees it. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function stateFolder(root: string): string {
  return join(root, ".ringfence");
}

/** Makes the folder, with a `.gitignore` of its own, so that nobody has to think of it. @throws the system's error. */
export function ensureStateFolder(root: string): string {
  const folder = stateFolder(root);
  const ignore = join(folder, ".gitignore");
  if (existsSync(ignore)) return folder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(ignore, "*\n");
  return folder;
}
