/** Making one new file as a step: never in the place of another, and taken away again only where it is the one that was made. */
import { lstatSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { createFileAtomic } from "../../base/atomic-file.ts";
import { systemCode } from "../../base/error.ts";
import type { App } from "../app.ts";
import type { Step } from "../definition.ts";
import { appErrors } from "../errors.ts";

/** @throws APP_FILE_EXISTS */
function fileExists(path: string) {
  return appErrors.APP_FILE_EXISTS({
    what: `${path} is there already`,
    where: path,
    why: "what is there is never overwritten",
    fix: `mv ${path} ${path}.before`,
  });
}

/** The nearest folder above that is there must lie in the project. @throws APP_UNREADABLE */
function assertInside(root: string, path: string): void {
  const real = realpathSync(root);
  for (let folder = dirname(join(root, path)); ; folder = dirname(folder)) {
    if (!lstatSync(folder, { throwIfNoEntry: false })) continue;
    const place = realpathSync(folder);
    if (place === real || place.startsWith(`${real}${sep}`)) return;
    throw appErrors.APP_UNREADABLE({
      what: `${path} is not written: it leads out of the project`,
      where: path,
      why: `it would lie in ${place}`,
      fix: "ringfence eject --to ejected",
    });
  }
}

/** @throws APP_FILE_EXISTS, APP_UNREADABLE */
export function assertFree({ project }: App, path: string): void {
  assertInside(project.root, path);
  if (lstatSync(join(project.root, path), { throwIfNoEntry: false })) throw fileExists(path);
}

function textAt(file: string): string | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, "utf8") : undefined;
}

/** Whether the file is the one that the step makes. */
export function isMade({ project }: App, path: string, text: string): boolean {
  return textAt(join(project.root, path)) === text;
}

/** @param textOf made when the step runs: it may hold what no plan may hold */
export function newFileStep(app: App, path: string, textOf: () => string, mode: number): Step {
  const file = join(app.project.root, path);
  return {
    key: `make ${path}`,
    title: `make ${path}`,
    async run() {
      const text = textOf();
      assertInside(app.project.root, path);
      if (textAt(file) !== text) {
        try {
          createFileAtomic(file, text, mode);
        } catch (error) {
          throw systemCode(error) === "EEXIST" ? fileExists(path) : error;
        }
      }
      return { file: path };
    },
    async undo() {
      if (textAt(file) === textOf()) rmSync(file);
    },
  };
}
