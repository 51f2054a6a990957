/** Events of files that may be missing, replaced or moved, by watching the folders that they lie in. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** By folder: the names in it that matter. Where a file's folder is missing, the nearest one above and its next name. */
function foldersOf(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    let name = path;
    let folder = dirname(path);
    while (!isFolder(folder) && folder !== dirname(folder)) {
      name = folder;
      folder = dirname(folder);
    }
    // The folder's own name: that is how its removal is told.
    const names = folders.get(folder) ?? new Set([basename(folder)]);
    folders.set(folder, names.add(basename(name)));
  }
  return folders;
}

/** Watches files until it is closed. Keeps no process alive. */
export class FileEvents {
  #watchers: readonly FSWatcher[] = [];
  readonly #onEvent: () => void;

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /**
   * From now on these files and no others; absolute paths. Called again for the same files, it finds folders that
   * were replaced. No event is lost in between. @throws the system's error.
   */
  follow(paths: readonly string[]): void {
    const old = this.#watchers;
    const made: FSWatcher[] = [];
    this.#watchers = made;
    try {
      for (const [folder, names] of foldersOf(paths)) made.push(this.#watch(folder, names));
    } finally {
      for (const watcher of old) watcher.close();
    }
  }

  #watch(folder: string, names: ReadonlySet<string>): FSWatcher {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || names.has(name)) this.#onEvent();
    });
    // A folder that vanishes is an event like others.
    return watcher.on("error", () => this.#onEvent());
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
