/**
 * A small plain file that lets the hot path choose an environment without reading YAML. It is not authenticated:
 * it only says which snapshot to open; the sealed snapshot's own rule then decides again.
 */
import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../base/atomic-file.ts";
import type { DetectionRule } from "./detection.ts";
import { isUnchanged, type SnapshotInput } from "./inputs.ts";
import { ensureStateFolder, stateFolder } from "./state-folder.ts";

export interface ProjectIndex {
  readonly format: 1;
  readonly project: string;
  /** The manifest as it was when the rule was taken from it. */
  readonly manifest: SnapshotInput;
  readonly rule: DetectionRule;
}

function indexPath(root: string): string {
  return `${stateFolder(root)}/cache/index.json`;
}

/** Written by the slow path, beside the snapshot. @throws the system's error. */
export function writeIndex(root: string, index: ProjectIndex): void {
  ensureStateFolder(root);
  writeFileAtomic(indexPath(root), `${JSON.stringify(index)}\n`);
}

// Names become parts of paths, and this file may say anything.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

function isIndex(value: unknown): value is ProjectIndex {
  const index = value as ProjectIndex | null;
  return (
    index?.format === 1 &&
    NAME.test(index.project) &&
    typeof index.manifest?.path === "string" &&
    typeof index.rule?.variable === "string" &&
    typeof index.rule.fallback === "string" &&
    Array.isArray(index.rule.environments) &&
    index.rule.environments.every(({ name, hosts }) => NAME.test(name) && Array.isArray(hosts))
  );
}

/** Undefined when it is missing, damaged, or the manifest has changed since. */
export function readIndex(root: string): ProjectIndex | undefined {
  try {
    const index: unknown = JSON.parse(readFileSync(indexPath(root), "utf8"));
    return isIndex(index) && isUnchanged(root, index.manifest) ? index : undefined;
  } catch {
    return undefined;
  }
}
