/** `ringfence inspect`: what a folder's files say about its environments. Reads only; needs no manifest, writes and runs nothing. */
import { basename } from "node:path";
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { rememberSecret } from "../../base/redact.ts";
import type { InspectionView } from "../../contract/inspection.ts";
import { discover, inspect, withoutControls } from "../../inspection/index.ts";
import type { Inspection, InspectionProblem } from "../../model/inspection.ts";
import { MANIFEST } from "../../snapshot/project-root.ts";
import { defineFolderQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { findFolderRoot } from "./folder-root.ts";
import { fileReader, type Walk, walk } from "./folder-walk.ts";
import { gitStates } from "./git-index.ts";
import { readers } from "./layer-readers.ts";

/** Nothing on the page comes from a value that isn't let through; what is long and mixed is scrubbed besides. */
const SHORTEST_SCRUBBED = 10;
const MOST_SCRUBBED = 2_000;

function scrub(texts: readonly string[]): void {
  const worth = texts.filter(
    (text) => text.length >= SHORTEST_SCRUBBED && /\d/.test(text) && !text.includes("://"),
  );
  for (const text of [...new Set(worth)].slice(0, MOST_SCRUBBED)) rememberSecret(text);
}

function walkOrFail(folder: string): Walk {
  try {
    return walk(folder);
  } catch (error) {
    throw appErrors.APP_UNREADABLE({
      what: `${folder} can't be read`,
      where: folder,
      why: error instanceof Error ? error.message : String(error),
      fix: `ls -ld ${folder}`,
      cause: error,
    });
  }
}

function countsOf(inspection: Inspection, keys: number): InspectionView["counts"] {
  const { environments, files, shared, secrets, missing, differences, unfilled } = inspection;
  return {
    environments: environments.length,
    files: files.filter(({ role }) => role !== "noted").length,
    keys,
    shared: shared.length,
    sharedWithProduction: shared.filter(({ production }) => production).length,
    secrets: secrets.length,
    tracked: secrets.filter(({ git }) => git === "tracked").length,
    missing: missing.length,
    differences: differences.length,
    unfilled: unfilled.length,
  };
}

function nextOf({ environments, files }: Inspection, manifest: boolean): string | null {
  if (manifest) return environments.length > 0 ? "ringfence env list" : null;
  return files.some(({ role }) => role !== "noted") ? "ringfence init" : null;
}

/** What must be looked at before anybody ships: shared with production, readable by all, or in the wrong place. */
function isBad({ shared, secrets, outOfPlace }: InspectionView): boolean {
  return (
    shared.some(({ production }) => production) ||
    secrets.some(({ git }) => git === "tracked") ||
    outOfPlace.length > 0
  );
}

export const query = defineFolderQuery({
  name: "inspect",
  summary: "Look at any folder: its environments, what they share, what leaks, what differs",
  scope: "folder",
  input: z.object({
    all: z.boolean().optional().meta({ description: "show every line, not only the first of each kind" }),
    markdown: z.boolean().optional().meta({ description: "print Markdown, for a pull request or a page" }),
    strict: z
      .boolean()
      .optional()
      .meta({ description: "exit 3 when something is shared with production, leaks or is out of place" }),
  }),
  async run({ folder }, { all = false, markdown = false, strict = false }): Promise<InspectionView> {
    const { folder: root, found } = findFolderRoot(folder);
    const { paths, entries, limit, problems: unwalked } = walkOrFail(root);
    const unread: InspectionProblem[] = [];
    const text = fileReader(root, unread);
    const files = discover(paths);
    const { inspection, secretTexts, keys } = inspect({ files, text, readers, git: gitStates(root) });
    scrub(secretTexts);
    const manifest = found === MANIFEST;
    return {
      project: withoutControls(basename(root)),
      root: found,
      manifest,
      ...inspection,
      problems: [...unwalked, ...unread, ...inspection.problems],
      counts: countsOf(inspection, keys),
      looked: { entries, limit },
      next: nextOf(inspection, manifest),
      page: { all, markdown, strict },
    };
  },
  exit: (answer: InspectionView) => (answer.page.strict && isBad(answer) ? EXIT.findings : EXIT.ok),
});
