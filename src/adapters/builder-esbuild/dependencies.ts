/** Where a project's installed packages are: its own `node_modules` and those of the folders above it. */
import { existsSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** Existing `node_modules` folders, the nearest first: the order in which Node looks. */
export function packageFolders(projectRoot: string): string[] {
  const found: string[] = [];
  for (let at = projectRoot; ; at = dirname(at)) {
    const folder = join(at, "node_modules");
    if (existsSync(folder)) found.push(folder);
    if (at === dirname(at)) return found;
  }
}

/** True when a package of that name is installed for the project. */
export function hasPackage(folders: readonly string[], name: string): boolean {
  return folders.some((folder) => existsSync(join(folder, name, "package.json")));
}

/** Links the nearest package folder into the checkout; one that is in the commit itself stays. */
export function linkPackages(folders: readonly string[], checkout: string): void {
  const place = join(checkout, "node_modules");
  if (folders[0] !== undefined && !existsSync(place)) symlinkSync(realpathSync(folders[0]), place, "dir");
}

/** The folder of the package that a file belongs to: the nearest above it with a `package.json`. */
export function packageOf(file: string): string {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
  }
  return dirname(file);
}
