/**
 * What was trusted on this machine, for one project in one folder: the text of the record, and what it says of a
 * program as it stands now. A program that goes back to what was trusted before is trusted again, so that changing
 * branches asks nobody.
 */
import type { Digest } from "../base/digest.ts";
import type { ProgramContent, ProgramFile } from "./content.ts";

/** A program as it was when it was trusted. */
export interface TrustedProgram {
  readonly name: string;
  readonly digest: Digest;
  readonly files: readonly ProgramFile[];
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
}

export interface TrustRecord {
  readonly format: 1;
  readonly project: string;
  /** Absolute folder of the project. */
  readonly root: string;
  /** Oldest first. */
  readonly programs: readonly TrustedProgram[];
}

/** What a record says of a program. */
export type Trust =
  | { readonly state: "trusted"; readonly at: string; readonly by: string }
  /** `files`: those that differ from the last time, each with how. None: the words do. */
  | { readonly state: "changed"; readonly at: string; readonly files: readonly FileChange[] }
  | { readonly state: "never" };

export interface FileChange {
  readonly path: string;
  readonly change: "new" | "changed" | "gone";
}

/** Earlier contents of one program that stay trusted. */
const MOST_EARLIER = 20;

function fileChanges(before: readonly ProgramFile[], now: readonly ProgramFile[]): FileChange[] {
  const old = new Map(before.map(({ path, digest }) => [path, digest]));
  const paths = new Set(now.map(({ path }) => path));
  const changes = now.flatMap(({ path, digest }): FileChange[] => {
    if (!old.has(path)) return [{ path, change: "new" }];
    return old.get(path) === digest ? [] : [{ path, change: "changed" }];
  });
  const gone = before
    .filter(({ path }) => !paths.has(path))
    .map(({ path }) => ({ path, change: "gone" as const }));
  return [...changes, ...gone];
}

/** What a record says of a program as it stands now. Without a record nothing is trusted. */
export function trustOf(content: ProgramContent, record: TrustRecord | undefined): Trust {
  const known = (record?.programs ?? []).filter(({ name }) => name === content.name);
  const same = known.find(({ digest }) => digest === content.digest);
  if (same) return { state: "trusted", at: same.at, by: same.by };
  const last = known.at(-1);
  if (!last) return { state: "never" };
  return { state: "changed", at: last.at, files: fileChanges(last.files, content.files) };
}

/** The record with these contents trusted. */
export function withTrusted(
  record: TrustRecord,
  contents: readonly ProgramContent[],
  { at, by }: Pick<TrustedProgram, "at" | "by">,
): TrustRecord {
  let programs = record.programs;
  for (const { name, digest, files } of contents) {
    const others = programs.filter((program) => program.name !== name);
    const earlier = programs.filter((program) => program.name === name && program.digest !== digest);
    programs = [...others, ...earlier.slice(-MOST_EARLIER), { name, digest, files, at, by }];
  }
  return { ...record, programs };
}

export function formatTrustRecord(record: TrustRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function isProgram(value: unknown): value is TrustedProgram {
  const { name, digest, files, at, by } = (value ?? {}) as Record<string, unknown>;
  return [name, digest, at, by].every((text) => typeof text === "string") && Array.isArray(files);
}

/** Undefined for a text that is no record of this project in this folder. */
export function parseTrustRecord(text: string, { project, root }: Pick<TrustRecord, "project" | "root">) {
  let value: Partial<TrustRecord> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isOurs = value?.format === 1 && value.project === project && value.root === root;
  if (!isOurs || !Array.isArray(value?.programs) || !value.programs.every(isProgram)) return undefined;
  return value as TrustRecord;
}
