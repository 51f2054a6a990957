/** The project's expectations: those of the manifest, and those of the files that it names. */
import { join } from "node:path";
import type { FindingDraft } from "../../model/finding-list.ts";
import { readExpectations } from "../../model/manifest-expectations.ts";
import type { Project } from "../../model/project.ts";
import type { Expectation } from "../../model/rule.ts";
import { readTextIfThere } from "../project.ts";

export interface ProjectExpectations {
  readonly expectations: readonly Expectation[];
  /** Mistakes in the files. */
  readonly drafts: readonly FindingDraft[];
}

/** @throws APP_UNREADABLE for a file that is there and can't be read */
export function projectExpectations(project: Project): ProjectExpectations {
  const files = project.expectationFiles.map((file) => {
    const text = readTextIfThere(join(project.root, file));
    if (text !== undefined) return readExpectations(text, file);
    const place = { file: project.manifest, line: 0, column: 0 };
    const why = `${file} is named under expectFiles, and does not exist`;
    const fix = `create ${file}, or take it out of expectFiles`;
    return { expectations: [], drafts: [{ code: "EXPECT_FILE", place, why, fix }] };
  });
  return {
    expectations: [...project.expectations, ...files.flatMap(({ expectations }) => expectations)],
    drafts: files.flatMap(({ drafts }) => drafts),
  };
}
