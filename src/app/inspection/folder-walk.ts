/** Listing and reading a foreign folder without trusting it: bounded, never out of the folder, nothing opened that could block. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";
import type { InspectionProblem } from "../../model/inspection.ts";

/** What tools fetch or make: nobody's configuration. */
const SKIPPED = new Set(
  (
    "node_modules bower_components jspm_packages vendor third_party .git .hg .svn dist build target out coverage .venv venv " +
    "__pycache__ .tox .mypy_cache .next .nuxt .svelte-kit .output .cache .gradle .terraform .serverless .yarn .pnpm-store " +
    ".ringfence .idea .vscode .direnv Pods DerivedData"
  ).split(" "),
);

/** Entries of folders, files and folders together. */
const MOST_ENTRIES = 100_000;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const LARGEST_BYTES = 1024 * 1024;

export interface Walk {
  /** Files and links, relative to the root, with forward slashes, sorted. */
  readonly paths: readonly string[];
  readonly entries: number;
  /** The limit, where the search stopped at it. */
  readonly limit: number | null;
  readonly problems: readonly InspectionProblem[];
}

function why(error: unknown): string {
  const code = systemCode(error);
  return code === "EACCES" || code === "EPERM"
    ? "no permission to read it"
    : `can't be read (${code ?? "unknown"})`;
}

/** Breadth first, so that what lies near the root is found also where the limit cuts. @throws for the root itself */
export function walk(root: string, most = MOST_ENTRIES): Walk {
  const paths: string[] = [];
  const problems: InspectionProblem[] = [];
  const folders = [""];
  let entries = 0;
  for (let at = 0; at < folders.length; at++) {
    const folder = folders[at]!;
    try {
      const found = readdirSync(join(root, folder), { withFileTypes: true });
      for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (++entries > most) return { paths: paths.sort(), entries: most, limit: most, problems };
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        // Its name would be printed: a terminal must not obey it.
        if (CONTROLS.test(entry.name))
          problems.push({ where: folder || ".", why: "a name with control characters: not read" });
        else if (!entry.isDirectory()) paths.push(path);
        else if (!SKIPPED.has(entry.name)) folders.push(path);
      }
    } catch (error) {
      if (folder === "") throw error;
      problems.push({ where: `${folder}/`, why: why(error) });
    }
  }
  return { paths: paths.sort(), entries, limit: null, problems };
}

/** A reader of the root's files by path. What it does not read it names in `problems`. */
export function fileReader(
  root: string,
  problems: InspectionProblem[],
): (path: string) => string | undefined {
  const texts = new Map<string, string | undefined>();
  const inside = realpathSync(root);
  const read = (path: string): string | undefined => {
    const refuse = (text: string): undefined => {
      problems.push({ where: path, why: text });
    };
    try {
      const real = realpathSync(join(root, path));
      if (!isInside(inside, real)) return refuse("a link that leads out of the folder: not followed");
      const { size } = statSync(real);
      // A pipe in a file's place would wait for whoever writes it.
      if (!statSync(real).isFile()) return refuse("no regular file: not opened");
      if (size > LARGEST_BYTES) return refuse("larger than 1 MiB: not read");
      const bytes = readFileSync(real);
      return bytes.includes(0)
        ? refuse("no text in UTF-8: not read")
        : bytes.toString("utf8").replace(/^\ufeff/, "");
    } catch (error) {
      return refuse(systemCode(error) === "ELOOP" ? "a link that leads to itself" : why(error));
    }
  };
  return (path) => {
    if (!texts.has(path)) texts.set(path, read(path));
    return texts.get(path);
  };
}
