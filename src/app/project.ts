/** Finding and reading the project: the manifest upward from a folder, with every mistake at once. */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type RingfenceError, systemCode } from "../base/error.ts";
import { shellWord } from "../base/shell-word.ts";
import type { Finding } from "../model/finding.ts";
import { readManifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { findProjectRoot, MANIFEST } from "../snapshot/project-root.ts";
import { appErrors } from "./errors.ts";

/** One line a finding, errors first, for the `why` of an error. */
function listFindings(findings: readonly Finding[]): string {
  return findings.map(({ where, why, fix }) => `${where}  ${why}\n    fix  ${fix}`).join("\n");
}

/** The error for a manifest with mistakes: all of them. */
export function manifestError(findings: readonly Finding[], subject = MANIFEST): RingfenceError {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first, ...others] = errors;
  const only = others.length === 0 ? first : undefined;
  return appErrors.APP_MANIFEST_INVALID({
    what: `${subject} has ${errors.length} mistake${only ? "" : "s"}`,
    where: first?.where,
    why: only?.why ?? listFindings(errors),
    fix: only?.fix ?? "mend each as its fix says",
    details: { findings: errors },
  });
}

/** @throws APP_NO_PROJECT, APP_MANIFEST_INVALID, APP_UNREADABLE */
export function loadProject(folder: string): Project {
  const root = findProjectRoot(folder);
  if (!root) {
    throw appErrors.APP_NO_PROJECT({
      what: `no ${MANIFEST} here or in any folder above`,
      where: resolve(folder),
      why: "a project is a folder with a manifest",
      fix: "cd into the project, or name it: --project DIR",
    });
  }
  const { project, findings } = readManifest(readTextOrFail(join(root, MANIFEST)), { root, file: MANIFEST });
  if (!project) throw manifestError(findings);
  return project;
}

/** A file's text; undefined when there is none. @throws APP_UNREADABLE for any other trouble. */
export function readTextIfThere(path: string): string | undefined {
  return readBytesIfThere(path)?.toString("utf8");
}

/** A file that a command names. @throws APP_UNREADABLE also where there is none */
export function readNamedText(path: string): string {
  const text = readTextIfThere(path);
  if (text !== undefined) return text;
  throw appErrors.APP_UNREADABLE({
    what: `${path} can't be read`,
    where: path,
    why: "there is no such file",
    fix: `ls -l ${shellWord(dirname(path))}`,
  });
}

/** A file's bytes; undefined when there is none. @throws APP_UNREADABLE for any other trouble. */
export function readBytesIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw appErrors.APP_UNREADABLE({
      what: `${path} can't be read`,
      where: path,
      why: error instanceof Error ? error.message : String(error),
      fix: `ls -l ${path}`,
      cause: error,
    });
  }
}

function readTextOrFail(path: string): string {
  const text = readTextIfThere(path);
  if (text !== undefined) return text;
  throw appErrors.APP_UNREADABLE({ what: `${path} vanished`, where: path, fix: `ls -l ${dirname(path)}` });
}
