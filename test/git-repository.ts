/** A git repository of its own for each test. For tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { runGit } from "./git.ts";

/** Holds the folders of all tests of a file. */
export let scratch: string;
/** The running test's folder, an empty one. */
export let repository: string;

/** To be called once at the top of a test file. */
export function useRepository(): void {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), "ringfence-source-"));
  });
  afterAll(() => rmSync(scratch, { recursive: true }));
  beforeEach(() => {
    repository = join(mkdtempSync(join(scratch, "case-")), "repository");
    mkdirSync(repository);
  });
  afterEach(() => vi.unstubAllEnvs());
}

export function git(...words: readonly string[]): string {
  return runGit(repository, ...words);
}

export function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), content);
}

/** Commits whatever there is. @returns the commit's id */
export function commit(message = "change"): string {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
}
