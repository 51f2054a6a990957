/** Making one new file as a step: never in the place of another, and taken away again only where it is the one that was made. */
import { lstatSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { createFileAtomic } from "../../base/atomic-file.ts";
import { digestOfBytes } from "../../base/digest.ts";
import { systemCode } from "../../base/error.ts";
import type { App } from "../app.ts";
import type { Step } from "../definition.ts";
import { appErrors } from "../errors.ts";

const EVERYBODY = 0o644;

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

const MARK = /^# Made by ringfence, operation (\S+), (sha256:[0-9a-f]{64})\n/;

/** A first line by which an operation knows its file again. A digest of secrets lies nowhere but beside them. */
function marked(text: string, operation: string): string {
  return `# Made by ringfence, operation ${operation}, ${digestOfBytes(text)}\n${text}`;
}

/** What is below the mark; undefined where there is none, or where the text was changed since. */
function madeText(content: string | undefined): { operation: string; text: string } | undefined {
  const [mark = "", operation = "", digest] = MARK.exec(content ?? "") ?? [];
  const text = content?.slice(mark.length);
  return text !== undefined && mark !== "" && digestOfBytes(text) === digest
    ? { operation, text }
    : undefined;
}

/** Whether the file is one that {@link markedFileStep} made of this text. */
export function isMade({ project }: App, path: string, text: string): boolean {
  return madeText(textAt(join(project.root, path)))?.text === text;
}

function create(app: App, path: string, content: string, mode: number): void {
  assertInside(app.project.root, path);
  const file = join(app.project.root, path);
  if (textAt(file) === content) return;
  try {
    createFileAtomic(file, content, mode);
  } catch (error) {
    throw systemCode(error) === "EEXIST" ? fileExists(path) : error;
  }
}

/** A file whose text the plan knows. */
export function newFileStep(app: App, path: string, text: string): Step {
  const file = join(app.project.root, path);
  return {
    key: `make ${path}`,
    title: `make ${path}`,
    async run() {
      create(app, path, text, EVERYBODY);
      return { file: path };
    },
    async undo() {
      if (textAt(file) === text) rmSync(file);
    },
  };
}

/**
 * A file with `#` comments whose text no plan may hold. It is taken back by its mark, so also when the text could not
 * be made again; a file that somebody changed stays.
 *
 * @param textOf made when the step runs
 */
export function markedFileStep(app: App, path: string, textOf: () => Promise<string>, mode: number): Step {
  const file = join(app.project.root, path);
  return {
    key: `make ${path}`,
    title: `make ${path}`,
    async run({ operation }) {
      create(app, path, marked(await textOf(), operation), mode);
      return { file: path };
    },
    async undo({ operation }) {
      if (madeText(textAt(file))?.operation === operation) rmSync(file);
    },
  };
}
