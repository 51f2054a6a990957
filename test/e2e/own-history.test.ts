/** Nothing of this repository's own files and history gives a secret away, but for what the baseline gives a reason for. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { SecretScanView } from "../../src/contract/secret-scan.ts";
import { describeWith } from "../components.ts";
import { ENTRY } from "./cli-scene.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Milliseconds: a scan of thousands of texts, on a machine that does other things. */
const LIMIT = 120_000;

function scan(...words: string[]): SecretScanView {
  const { stdout, stderr } = spawnSync(process.execPath, [ENTRY, "secret", "scan", ...words, "--json"], {
    cwd: REPOSITORY,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as SecretScanView;
}

const missing = existsSync(join(REPOSITORY, ".git"))
  ? undefined
  : "the repository's history, as a clone has it";

describeWith("this repository", missing, () => {
  test(
    "has no secret in its files",
    () => {
      const { findings, looked } = scan();
      expect(findings).toEqual([]);
      expect(looked.texts).toBeGreaterThan(500);
    },
    LIMIT,
  );

  test(
    "has no secret in its history",
    ({ annotate }) => {
      // Other branches of a developer's clone are not yet part of it.
      const { findings, looked, shallow } = scan("--range", "HEAD");
      annotate(`${looked.texts} objects${shallow ? ", the clone is shallow" : ""}`);
      expect(findings).toEqual([]);
      expect(looked.texts).toBeGreaterThan(500);
    },
    LIMIT,
  );
});
