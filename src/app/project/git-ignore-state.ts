/** The line of `.gitignore` that keeps the state folder out of the repository. */
import { lstatSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { appErrors } from "../errors.ts";

const LINE = ".ringfence/";
const NEW_FILE_MODE = 0o644;

function textIn(file: string): string | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, "utf8") : undefined;
}

export function hasStateIgnored(root: string): boolean {
  const text = textIn(join(root, ".gitignore")) ?? "";
  return text.split(/\r?\n/).some((line) => /^\/?\.ringfence\/?$/.test(line.trim()));
}

/** Adds the line where it is missing; every other byte stays. @throws APP_UNREADABLE where it is a link or a folder */
export function ignoreState(root: string): void {
  if (hasStateIgnored(root)) return;
  const file = join(root, ".gitignore");
  const text = textIn(file);
  if (text === undefined && lstatSync(file, { throwIfNoEntry: false })) {
    throw appErrors.APP_UNREADABLE({
      what: `${file} is not written`,
      where: file,
      why: "it is no regular file",
      fix: "ringfence init   # without --gitignore",
    });
  }
  const mode = text === undefined ? NEW_FILE_MODE : statSync(file).mode & 0o777;
  const end = text?.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === undefined || text === "" || text.endsWith("\n") ? "" : end;
  writeFileAtomic(file, `${text ?? ""}${gap}${LINE}${end}`, mode);
}
