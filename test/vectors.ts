/** Test vectors that others made. They stand beside the project; where they are missing, a suite says so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const folder =
  process.env.RINGFENCE_VECTORS ?? fileURLToPath(new URL("../../shared/vectors", import.meta.url));

/** A suite over one folder of vectors: skipped where it is missing, a failure under RINGFENCE_REQUIRE_ALL=1. */
export function describeVectors(name: string, subfolder: string, suite: (path: string) => void): void {
  const path = join(folder, subfolder);
  if (existsSync(path)) describe(name, () => suite(path));
  else if (process.env.RINGFENCE_REQUIRE_ALL === "1") {
    test(name, () => {
      throw new Error(`no vectors at ${path}; set RINGFENCE_VECTORS to their folder`);
    });
  } else test.skip(`${name}: no vectors at ${path}; set RINGFENCE_VECTORS to their folder`, () => {});
}

/** Every file below the folder with that ending, as path and text, sorted. */
export function vectorFiles(
  path: string,
  ending: string,
): { readonly path: string; readonly text: string }[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(path, name), "utf8") }));
}
