/** `ringfence secret scan`: secrets that stand in the open, in files, staged changes, git's history and what was built. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import type { ScanMode, SecretScanView } from "../../contract/secret-scan.ts";
import { FINDING_CODES } from "../../model/finding-code.ts";
import type { FindingDraft } from "../../model/finding-list.ts";
import type { RepositoryTexts } from "../../ports/repository-texts.ts";
import { BaselineUse, createValueSearch, readBaseline, unusedFinding } from "../../scan/index.ts";
import { MANIFEST } from "../../snapshot/project-root.ts";
import { openAppWithRules, openLeakRules, openRepositoryTexts } from "../app.ts";
import { defineFolderQuery, type FolderContext } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { findFolderRoot } from "../inspection/folder-root.ts";
import { answering } from "../key-answers.ts";
import { readTextIfThere } from "../project.ts";
import { outputTexts } from "./built-texts.ts";
import { type KnownValues, knownValues } from "./known-values.ts";
import { checked, LeakCollection } from "./leak-collection.ts";
import { folderTexts, historyTexts, type ScanText, stagedTexts } from "./scan-texts.ts";

const input = z.object({
  staged: z.boolean().optional().meta({ description: "what would be committed; for a hook" }),
  history: z.boolean().optional().meta({ description: "everything that was ever committed" }),
  range: z.string().optional().meta({ description: "of the history these commits alone: main..HEAD" }),
  output: z
    .array(z.string())
    .optional()
    .meta({ description: "what a build made: a folder, a file, an archive" }),
  baseline: z
    .string()
    .default("secrets-baseline.yaml")
    .meta({ description: "the file of what is let through, each with a reason" }),
  accept: z.string().optional().meta({
    description: "print the lines for the baseline that let these findings through, for this reason",
  }),
  strict: z.boolean().optional().meta({ description: "exit 3 also for warnings and for what is unknown" }),
  sarif: z.boolean().optional().meta({ description: "print SARIF 2.1.0, for code scanning" }),
});

type Input = z.infer<typeof input>;

/** @throws APP_BAD_INPUT where more than one place is named */
function modeOf({ staged, history, range, output }: Input): ScanMode {
  const modes: ScanMode[] = [
    ...(staged ? (["staged"] as const) : []),
    ...(history || range !== undefined ? (["history"] as const) : []),
    ...(output && output.length > 0 ? (["output"] as const) : []),
  ];
  if (modes.length <= 1) return modes[0] ?? "files";
  throw appErrors.APP_BAD_INPUT({
    what: `--${modes.join(" and --")} contradict each other`,
    where: "ringfence secret scan",
    why: "one scan looks through one place",
    fix: modes.map((mode) => `ringfence secret scan --${mode}${mode === "output" ? " dist" : ""}`).join("\n"),
  });
}

/** @throws APP_BAD_INPUT */
function assertReason(reason: string | undefined): void {
  if (reason === undefined || reason.trim() !== "") return;
  throw appErrors.APP_BAD_INPUT({
    what: "--accept needs a reason",
    where: "ringfence secret scan",
    fix: 'ringfence secret scan --accept "a made-up value of a test"',
  });
}

function textsOf(
  mode: ScanMode,
  root: string,
  { folder, watch }: FolderContext,
  { range, output = [] }: Input,
  repository: RepositoryTexts,
): AsyncIterable<ScanText> {
  if (mode === "staged") return stagedTexts(repository);
  if (mode === "history") return historyTexts(repository, range, watch);
  if (mode === "output") return outputTexts(root, folder, output);
  return folderTexts(root, repository);
}

const NOTHING_KNOWN: KnownValues = { values: [], sealed: [], problems: [] };

/** Without a manifest no setting is known, and forms of credentials alone are looked for. */
async function valuesOf(
  manifest: boolean,
  root: string,
  { variables }: FolderContext,
  repository: RepositoryTexts,
): Promise<KnownValues> {
  if (!manifest) return NOTHING_KNOWN;
  const app = await openAppWithRules({ folder: root, variables });
  try {
    return await answering(() => knownValues(app, repository));
  } finally {
    await app.close();
  }
}

/** Only the whole history shows what is nowhere any more; what a part lacks may be elsewhere. */
function unusedEntries(use: BaselineUse, isWhole: boolean): FindingDraft[] {
  return isWhole ? use.unused().map(({ place, rule, path }) => unusedFinding(place, rule, path)) : [];
}

const SALT_BYTES = 16;

export const query = defineFolderQuery({
  name: "secret scan",
  summary:
    "Find secrets in the open: in files, staged changes, git's history and builds; exit 3 when there are",
  scope: "folder",
  input,
  async run(context, given): Promise<SecretScanView> {
    const mode = modeOf(given);
    assertReason(given.accept);
    const { folder: root, found } = findFolderRoot(context.folder);
    const manifest = found === MANIFEST;
    const repository = openRepositoryTexts(root);
    const known = await valuesOf(manifest, root, context, repository);
    const search = createValueSearch(known.values);
    const baseline = readBaseline(readTextIfThere(join(root, given.baseline)) ?? "", given.baseline);
    const use = new BaselineUse(baseline);
    const rules = await openLeakRules();
    const collection = new LeakCollection({ values: search, rules }, use);
    for await (const text of textsOf(mode, root, context, given, repository)) await collection.add(text);
    context.watch("");
    const shallow = mode === "history" && (await repository.isShallow());
    const isWhole = mode === "history" && given.range === undefined && !shallow;
    const drafts = [...collection.drafts, ...baseline.drafts, ...unusedEntries(use, isWhole)];
    const findings = checked(drafts);
    const named = ({ name, environment }: (typeof known.values)[number]) => `${name} of ${environment}`;
    return {
      mode,
      findings,
      accepted: collection.accepted,
      looked: { texts: collection.texts, bytes: collection.bytes },
      known: {
        current: known.values.filter(({ former }) => !former).length,
        former: known.values.filter(({ former }) => former).length,
      },
      sealed: known.sealed,
      tooCommon: [...new Set(search.tooCommon.map(named))],
      problems: known.problems,
      manifest,
      shallow,
      codes: Object.fromEntries(findings.map(({ code }) => [code, FINDING_CODES[code]?.summary ?? ""])),
      baseline:
        given.accept === undefined
          ? null
          : {
              file: given.baseline,
              lines: use.linesFor(collection.leaks, given.accept, randomBytes(SALT_BYTES).toString("hex")),
            },
      strict: given.strict ?? false,
    };
  },
  exit({ findings, sealed, problems, shallow, strict, baseline }: SecretScanView) {
    if (baseline) return EXIT.ok;
    const isUnknown = sealed.length > 0 || problems.length > 0 || shallow;
    const counts = findings.some(
      ({ severity }) => severity === "error" || (strict && severity === "warning"),
    );
    return counts || (strict && isUnknown) ? EXIT.findings : EXIT.ok;
  },
});
