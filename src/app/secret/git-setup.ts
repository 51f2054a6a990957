/** `ringfence secret git-setup`: git merges secrets files by name, and shows which names changed. */
import { join } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { type Context, defineOperation } from "../definition.ts";
import { readTextIfThere } from "../project.ts";

const FILE = ".gitattributes";

interface Facts {
  readonly line: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Git runs them where the repository begins. Of branches that met before, git merges their ancestors first; what a
 * driver made of those would have a revision above both branches, so that both would look put back. `binary` takes
 * what those ancestors come from instead.
 *
 * @param folder of the project in it
 */
function settingsFor(folder: string): Facts["settings"] {
  const project = folder === "" ? "" : ` --project '${folder.replaceAll("'", "'\\''")}'`;
  return {
    "merge.ringfence.name": "secrets by name (Ringfence)",
    "merge.ringfence.driver": `ringfence secret merge${project} %O %A %B %P`,
    "merge.ringfence.recursive": "binary",
    "diff.ringfence.textconv": `ringfence secret textconv${project}`,
  };
}

/** Which files it is about, as git's patterns have it. Without `-text` git may change line ends, which voids signatures. */
function lineFor({ app }: Context): string {
  const pattern = app.project.secretsPath.replace(/\{(?:env|short|kind|region)\}/g, "*");
  return `${pattern} -text merge=ringfence diff=ringfence`;
}

/** With the line, in place of the one that was written before `-text` belonged to it. */
function withLine(text: string, line: string): string {
  const lines = text.split(/\r?\n/);
  if (lines.includes(line)) return text;
  const former = line.replace(" -text ", " ");
  if (lines.includes(former)) return lines.map((one) => (one === former ? line : one)).join("\n");
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}

export const operation = defineOperation({
  name: "secret git-setup",
  summary: "Let git merge secrets files by name, and show in diffs which names changed",
  scope: "project",
  input: z.object({}),
  async plan(context) {
    const line = lineFor(context);
    const settings = settingsFor(await context.app.source.folder());
    const before = readTextIfThere(join(context.app.project.root, FILE)) ?? "";
    return {
      summary: "let git merge secrets files by name",
      environment: null,
      effects: [
        `${withLine(before, line) === before ? "keep in" : "add to"} ${FILE}: ${line}`,
        ...Object.entries(settings).map(([name, value]) => `git config ${name} "${value}"`),
        "each clone needs these settings for itself: the same command there",
      ],
      facts: { line, settings },
    };
  },
  steps({ app }, plan) {
    const { line, settings } = plan.facts as unknown as Facts;
    const path = join(app.project.root, FILE);
    return [
      {
        key: "configure",
        title: "write git's own settings",
        async run() {
          await app.source.configure(settings);
          return { settings: Object.keys(settings) };
        },
      },
      {
        key: "attributes",
        title: `write ${FILE}`,
        async run() {
          const now = readTextIfThere(path) ?? "";
          if (withLine(now, line) !== now) writeFileAtomic(path, withLine(now, line));
          return { file: FILE };
        },
      },
    ];
  },
  async answer(_context, record) {
    const { line, settings } = record.plan.facts as unknown as Facts;
    return { file: FILE, line, settings, operation: record.id };
  },
});
