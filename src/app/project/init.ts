/**
 * `ringfence init`: a manifest for a folder that has none, in which every environment has the values that it had
 * before. Only that is written; no store is made, so the record begins with the first operation.
 */
import { existsSync, lstatSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { createFileAtomic } from "../../base/atomic-file.ts";
import { systemCode } from "../../base/error.ts";
import { shellWords } from "../../base/shell-word.ts";
import type { InitView } from "../../contract/project.ts";
import { findProjectRoot, MANIFEST } from "../../snapshot/project-root.ts";
import { defineSetup } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { findFolderRoot } from "../inspection/folder-root.ts";
import { draftFolder, type FolderDraft } from "./draft-folder.ts";
import { hasStateIgnored, ignoreState } from "./git-ignore-state.ts";

function manifestExists(file: string) {
  return appErrors.APP_MANIFEST_EXISTS({
    what: `${file} is there already`,
    where: file,
    why: "a manifest is never overwritten",
    fix: "ringfence env list",
  });
}

/** @throws APP_MANIFEST_EXISTS, APP_UNREADABLE */
function rootOf(folder: string, here: boolean): string {
  if (!existsSync(folder)) {
    throw appErrors.APP_UNREADABLE({
      what: `${folder} is not there`,
      where: folder,
      fix: "ringfence inspect",
    });
  }
  const known = here ? undefined : findProjectRoot(folder);
  if (known !== undefined) throw manifestExists(join(known, MANIFEST));
  const root = realpathSync(here ? resolve(folder) : findFolderRoot(folder).folder);
  // A link that leads nowhere has the name as well.
  if (lstatSync(join(root, MANIFEST), { throwIfNoEntry: false })) throw manifestExists(join(root, MANIFEST));
  return root;
}

/** @throws APP_VALUES_DIFFER */
function assertSame({ proof }: FolderDraft, again: string): void {
  const { differences } = proof;
  if (differences.length === 0) return;
  const how = { "other value": "would have another value", missing: "would be missing", new: "would be new" };
  const file = differences.find(({ how: one }) => one !== "new")?.where.replace(/:\d+:\d+$/, "");
  throw appErrors.APP_VALUES_DIFFER({
    what: `${differences.length} value${differences.length === 1 ? "" : "s"} would not be what they were, so nothing was written`,
    where: differences[0]!.where,
    why: differences
      .slice(0, 20)
      .map(({ environment, name, how: one, where }) => `${environment}: ${name} ${how[one]}  (${where})`)
      .join("\n"),
    fix: file ? `${again} --without ${file}` : "ringfence inspect",
    details: { differences },
  });
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function environmentsOf({ proof, landing, before }: FolderDraft): InitView["environments"] {
  return landing.environments.map(({ name, kind, certain }) => {
    const { findings } = proof.resolutions.get(name)!;
    const errors = findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
    return {
      name,
      kind,
      certain,
      settings: before.get(name)!.size,
      errors: countBy(errors),
      warnings: findings.length - errors.length,
    };
  });
}

/** At most three lines: what stands in the way, then what to look at, then what git must not have. */
function nextOf(environments: InitView["environments"], draft: FolderDraft, ignored: boolean): string[] {
  const failing = environments.find(({ errors }) => Object.keys(errors).length > 0);
  const plain = environments.find(({ errors }) => errors.SETTING_SECRET_IN_PLAIN !== undefined);
  const secret =
    plain &&
    draft.proof.resolutions.get(plain.name)!.findings.find(({ code }) => code === "SETTING_SECRET_IN_PLAIN")
      ?.setting;
  const first = environments[0]!.name;
  return [
    failing ? `ringfence config check -e ${failing.name}` : `ringfence config show -e ${first}`,
    plain && secret
      ? `ringfence identity create -e ${plain.name} && ringfence secret set ${secret} -e ${plain.name}`
      : `ringfence run -e ${first} -- env`,
    ...(ignored ? [] : ["echo .ringfence/ >> .gitignore"]),
  ];
}

function viewOf(draft: FolderDraft, root: string, written: boolean, ignored: boolean): InitView {
  const { landing, schema, proof, text, reader, followed } = draft;
  const environments = environmentsOf(draft);
  return {
    project: proof.project.name,
    manifest: join(root, MANIFEST),
    written,
    text,
    environments,
    layers: landing.layers.map(({ path, optional, only, dialect, files }) => ({
      path,
      optional,
      only: only ?? null,
      dialect,
      files: files.map((file) => file.path),
    })),
    leftOut: landing.leftOut,
    settings: {
      declared: schema.settings.length,
      secrets: schema.settings.filter(({ secret }) => secret).length,
      types: countBy(schema.settings.map(({ type }) => type)),
      undeclared: schema.undeclared,
    },
    reader: landing.layers.some(({ format }) => format === "dotenv")
      ? reader === "compose"
        ? reader
        : "dotenv"
      : null,
    followed: followed ?? null,
    ignored,
    next: nextOf(environments, draft, ignored),
  };
}

export const setup = defineSetup({
  name: "init",
  summary: "Write a ringfence.yaml under which every environment has the values that it has now",
  scope: "folder",
  input: z.object({
    here: z
      .boolean()
      .default(false)
      .meta({ description: "in this folder, not in the project's found upward" }),
    without: z.array(z.string()).default([]).meta({ description: "a file to leave out; may be repeated" }),
    gitignore: z.boolean().default(false).meta({ description: "also add .ringfence/ to .gitignore" }),
  }),
  async run({ folder, dryRun }, { here, without, gitignore }): Promise<InitView> {
    const root = rootOf(folder, here);
    const again = shellWords([
      "ringfence",
      "init",
      ...(here ? ["--here"] : []),
      ...without.flatMap((one) => ["--without", one]),
    ]);
    const draft = draftFolder(root, without, again);
    assertSame(draft, again);
    if (!dryRun) {
      try {
        createFileAtomic(join(root, MANIFEST), draft.text);
      } catch (error) {
        if (systemCode(error) === "EEXIST") throw manifestExists(join(root, MANIFEST));
        throw appErrors.APP_UNREADABLE({
          what: `${MANIFEST} can't be written`,
          where: join(root, MANIFEST),
          why: error instanceof Error ? error.message : String(error),
          fix: `ls -ld ${root}`,
          cause: error,
        });
      }
      if (gitignore) ignoreState(root);
    }
    return viewOf(draft, root, !dryRun, hasStateIgnored(root) || (dryRun && gitignore));
  },
});
