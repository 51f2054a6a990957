/**
 * Reads `ringfence.yaml`: text in, a checked project or every mistake at once out. The shape stands in
 * manifest-schema; this file only joins the checks.
 */
import type { Finding } from "./finding.ts";
import { FindingList } from "./finding-list.ts";
import { findingsOf } from "./manifest-issues.ts";
import { layerFindings } from "./manifest-layers.ts";
import { linkFindings, targetsOf } from "./manifest-links.ts";
import { approverFindings, projectOf } from "./manifest-project.ts";
import { manifestSchema } from "./manifest-schema.ts";
import { declaredSettings } from "./manifest-settings.ts";
import type { Project } from "./project.ts";
import { plainValue } from "./source-tree.ts";
import { readYaml } from "./source-yaml.ts";

export { manifestJsonSchema } from "./manifest-schema.ts";

/** What a manifest's text is: a project when no finding is an error. */
export interface ManifestReading {
  readonly project: Project | undefined;
  /** By line and column. */
  readonly findings: readonly Finding[];
}

/**
 * Reads and checks a manifest. Never throws for what stands in it.
 *
 * @param at the project's root (absolute) and the manifest's path relative to it
 */
export function readManifest(
  text: string,
  at: { readonly root: string; readonly file: string },
): ManifestReading {
  const findings = new FindingList();
  const { root, problems } = readYaml(text, at.file);
  for (const { kind, place, why, fix } of problems) {
    findings.add({ code: kind === "syntax" ? "MANIFEST_SYNTAX" : "MANIFEST_DUPLICATE_KEY", place, why, fix });
  }
  if (!root || (root.kind === "scalar" && root.value === null)) {
    if (!findings.hasErrors) {
      const place = { file: at.file, line: 1, column: 1 };
      findings.add({ code: "MANIFEST_MISSING", place, why: "the manifest is empty", fix: "ringfence init" });
    }
    return { project: undefined, findings: findings.sorted() };
  }
  const parsed = manifestSchema.safeParse(plainValue(root));
  for (const issue of parsed.error?.issues ?? []) findings.addAll(findingsOf(root, issue));
  findings.addAll(linkFindings(root));
  findings.addAll(layerFindings(root, targetsOf(root)));
  const { settings, drafts } = declaredSettings(root);
  findings.addAll(drafts);
  if (!parsed.success || findings.hasErrors) return { project: undefined, findings: findings.sorted() };
  const project = projectOf(parsed.data, root, settings, at);
  findings.addAll(approverFindings(project, root));
  return { project, findings: findings.sorted() };
}
