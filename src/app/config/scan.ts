/** `ringfence config scan`: values in the code that belong in the settings, and code that depends on where it runs. */
import { relative } from "node:path";
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { type AllowedFinding, createCodeScanner, type Resolution, scanNeedles } from "../../config/index.ts";
import type { CheckedFinding } from "../../contract/check.ts";
import type { AllowedView, ConfigScanView } from "../../contract/config-test.ts";
import { stageOf } from "../../model/finding-code.ts";
import { type FindingDraft, FindingList } from "../../model/finding-list.ts";
import { expandTemplate, layersFor, type Project } from "../../model/project.ts";
import type { App } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { defineQuery } from "../definition.ts";
import { sourceFiles } from "./source-files.ts";

/** Files that the settings come from, and the folder of keys where it lies in the project. */
function ownFiles({ project, home }: App): ReadonlySet<string> {
  const ofEnvironments = project.environments.flatMap((environment) => [
    ...layersFor(project, environment).map(({ path }) => path),
    expandTemplate(project.secretsPath, environment),
  ]);
  const keys = relative(project.root, home).replaceAll("\\", "/");
  return new Set([project.manifest, ...project.expectationFiles, ...ofEnvironments, keys]);
}

/** Of the project alone: a comparison with `"test"` is no question for an environment where none is called so. */
function environmentNames({ environments }: Project): string[] {
  return [...new Set(environments.flatMap(({ name, kind }) => [name, kind]))];
}

function inOrder(drafts: readonly FindingDraft[]): CheckedFinding[] {
  const list = new FindingList();
  list.addAll(drafts);
  return list.sorted().map((finding) => ({ ...finding, stage: stageOf(finding.code) }));
}

function allowedView({ draft, reason }: AllowedFinding): AllowedView {
  return { ...inOrder([draft])[0]!, reason };
}

function sealedNames({ environment, settings }: Resolution): string[] {
  return [...settings.values()].filter(({ sealed }) => sealed).map(({ name }) => `${name} of ${environment}`);
}

export const query = defineQuery({
  name: "config scan",
  summary: "Find secrets and values of one environment in the code; exit 3 when a secret is there",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<ConfigScanView> {
    const { project } = app;
    const compared = project.environments.map((environment) => comparedEnvironment(app, environment));
    const resolutions = compared.map(({ side }) => side.resolution);
    const scanner = createCodeScanner(scanNeedles(resolutions), environmentNames(project));
    const own = ownFiles(app);
    const drafts: FindingDraft[] = [];
    const allowed: AllowedFinding[] = [];
    let files = 0;
    let skipped = 0;
    for (const { file, bytes, isProse } of sourceFiles(project.root, (path) => own.has(path))) {
      if (!bytes) {
        skipped++;
        continue;
      }
      files++;
      const found = scanner.scan({ file, bytes, isProse });
      drafts.push(...found.drafts);
      allowed.push(...found.allowed);
    }
    return {
      findings: inOrder(drafts),
      allowed: allowed.map(allowedView),
      files,
      skipped,
      sealed: resolutions.flatMap(sealedNames),
      problems: compared.flatMap(({ problem }) => (problem ? [problem] : [])),
    };
  },
  exit: ({ findings }: ConfigScanView) =>
    findings.some(({ severity }) => severity === "error") ? EXIT.findings : EXIT.ok,
});
