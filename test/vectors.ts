/** Test vectors that others made. They stand beside the project; where they are missing, a suite says so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const folder =
  process.env.RINGFENCE_VECTORS ?? fileURLToPath(new URL("../../shared/vectors", import.meta.url));

/**
 * A suite over one folder of vectors: skipped, by name, where it is missing. Nobody can install it, so that is no
 * failure under RINGFENCE_REQUIRE_ALL=1, unless RINGFENCE_VECTORS promised that it is there.
 */
export function describeVectors(name: string, subfolder: string, suite: (path: string) => void): void {
  const path = join(folder, subfolder);
  if (existsSync(path)) describe(name, () => suite(path));
  else if (process.env.RINGFENCE_VECTORS !== undefined) {
    test(name, () => {
      throw new Error(`no vectors at ${path}, where RINGFENCE_VECTORS points`);
    });
  } else test.skip(`${name}: no vectors at ${subfolder}; RINGFENCE_VECTORS names their folder`, () => {});
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
