/** Reads a file under `expectFiles`: YAML with what stands under `expect` in the manifest. */
import * as z from "zod";
import type { FindingDraft } from "./finding-list.ts";
import { findingsOf } from "./manifest-issues.ts";
import { expectationsAt, expectSchema } from "./manifest-rules.ts";
import type { Expectation } from "./rule.ts";
import { plainValue, type SourceMap, type SourceNode } from "./source-tree.ts";
import { readYaml } from "./source-yaml.ts";

/** What the text of such a file is. Expectations are given only where nothing is wrong with it. */
export interface ExpectationReading {
  readonly expectations: readonly Expectation[];
  readonly drafts: readonly FindingDraft[];
}

const schema = z.object({ expect: expectSchema });

/** As if it stood in the manifest, so that what is wrong is said in the same words. */
function asSection(root: SourceNode): SourceMap {
  const entry = { keyPlace: root.place, value: root };
  return { kind: "map", entries: new Map([["expect", entry]]), place: root.place };
}

/** Never throws for what stands in the text. @param file relative to the project's root */
export function readExpectations(text: string, file: string): ExpectationReading {
  const { root, problems } = readYaml(text, file);
  const drafts = problems.map(({ kind, place, why, fix }): FindingDraft => {
    return { code: kind === "syntax" ? "EXPECT_FILE" : "MANIFEST_DUPLICATE_KEY", place, why, fix };
  });
  if (!root || (root.kind === "scalar" && root.value === null)) return { expectations: [], drafts };
  const section = asSection(root);
  const parsed = schema.safeParse(plainValue(section));
  const issues = parsed.error?.issues ?? [];
  drafts.push(...issues.flatMap((issue) => findingsOf(section, issue)));
  return { expectations: drafts.length > 0 ? [] : expectationsAt(section, ["expect"]), drafts };
}
