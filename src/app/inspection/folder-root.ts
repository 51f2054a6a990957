/** Where a project without a manifest begins: VERSION, a package's marker, `.git`, else the folder itself. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findProjectRoot, MANIFEST } from "../../snapshot/project-root.ts";

const MARKERS: readonly (readonly string[])[] = [
  ["VERSION"],
  [
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "mix.exs",
    "deno.json",
  ],
  [".git"],
];

export interface FolderRoot {
  readonly folder: string;
  /** The name of what was found there; `the working folder` where nothing was. */
  readonly found: string;
}

/** Upward to the repository's folder; where there is none, below the home folder and the root of the disk. */
function foldersUpward(from: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (folder === dirname(folder) || folder === homedir()) return folders;
    folders.push(folder);
    if (existsSync(join(folder, ".git"))) return folders;
  }
}

export function findFolderRoot(from: string): FolderRoot {
  const manifest = findProjectRoot(from);
  if (manifest !== undefined) return { folder: manifest, found: MANIFEST };
  const folders = foldersUpward(from);
  for (const names of MARKERS) {
    for (const folder of folders) {
      const found = names.find((name) => existsSync(join(folder, name)));
      if (found !== undefined) return { folder, found };
    }
  }
  return { folder: resolve(from), found: "the working folder" };
}
