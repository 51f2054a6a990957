/** `ringfence trust`: lets Ringfence run the project's programs on this machine, as they stand now. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { shortDigest } from "../../base/digest.ts";
import { formatPlace } from "../../base/place.ts";
import type { TrustGivenView } from "../../contract/trust.ts";
import { type ProgramContent, type ProgramTrust, whyUntrusted, withTrusted } from "../../trust/index.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { allPrograms } from "../reference-programs.ts";
import { projectAt } from "../release-content.ts";
import { trustIn } from "./programs.ts";
import { emptyTrustRecord, readTrustRecord, trustRecordPath, writeTrustRecord } from "./record-file.ts";
import { programView } from "./view.ts";

interface Facts {
  readonly programs: readonly ProgramContent[];
}

/** The programs at a commit, which may be others than those of the work tree. */
async function trustAt(app: App, commit: string): Promise<ProgramTrust[]> {
  const scratch = mkdtempSync(join(tmpdir(), "ringfence-trust-"));
  const checkout = join(scratch, "checkout");
  try {
    mkdirSync(checkout);
    await app.source.checkout(commit, checkout);
    const { project } = projectAt(checkout, app.project.root, commit);
    return trustIn(checkout, allPrograms(app, { project, root: checkout }), readTrustRecord(app));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One line a program, one for its files: what a person must have read. */
function effectsOf(program: ProgramTrust): string[] {
  const { content, trust } = program;
  if (trust.state === "trusted") return [];
  const { name, files } = programView(program);
  const listed = files.map(({ path, digest, change }) =>
    [path, ...(digest ? [shortDigest(digest)] : []), ...(change ? [`(${change})`] : [])].join(" "),
  );
  return [
    `${content.kind === "probe" ? "show the credential to" : "run"} ${name}, declared at ${formatPlace(content.place)}: it ${whyUntrusted(trust)}`,
    `  as long as these stay as they are: ${listed.join(", ") || "its words"}`,
  ];
}

function namesOf(app: App, programs: readonly ProgramTrust[]): string {
  if (programs.length === 0) return `trust the programs of ${app.project.name}: nothing new`;
  return `trust ${programs.length} program${programs.length === 1 ? "" : "s"} of ${app.project.name}`;
}

export const operation = defineOperation({
  name: "trust",
  summary: "Let Ringfence run the project's programs on this machine, as they stand now",
  scope: "project",
  anybody: true,
  input: z.object({
    yes: z.boolean().optional().meta({ description: "do not ask: what it lists was read" }),
    commit: z.string().optional().meta({ description: "as they stand at a commit; else in the work tree" }),
  }),
  isConfirmed: ({ yes }, plan) => yes === true || (plan.facts as unknown as Facts).programs.length === 0,
  async plan({ app }, { commit }) {
    const { project } = app;
    const programs =
      commit === undefined
        ? trustIn(project.root, allPrograms(app), readTrustRecord(app))
        : await trustAt(app, await app.source.commit(commit));
    const untrusted = programs.filter(({ trust }) => trust.state !== "trusted");
    return {
      summary: namesOf(app, untrusted),
      environment: null,
      effects:
        untrusted.length === 0
          ? []
          : [...untrusted.flatMap(effectsOf), `keep that in ${trustRecordPath(app)}`],
      facts: { programs: untrusted.map(({ content }) => content) } as never,
    };
  },
  steps({ app, actor }, plan) {
    const { programs } = plan.facts as unknown as Facts;
    if (programs.length === 0) return [];
    return [
      {
        key: "trust",
        title: `keep what is trusted in ${trustRecordPath(app)}`,
        async run() {
          const at = new Date(app.clock.now()).toISOString();
          const record = readTrustRecord(app) ?? emptyTrustRecord(app);
          writeTrustRecord(app, withTrusted(record, programs, { at, by: actor.name }));
          return { programs: programs.map(({ name, digest }) => ({ name, digest })) };
        },
      },
    ];
  },
  async answer({ app }, record): Promise<TrustGivenView> {
    const { programs } = record.plan.facts as unknown as Facts;
    return {
      project: app.project.name,
      record: trustRecordPath(app),
      trusted: programs.map(({ name }) => name),
      operation: record.id,
    };
  },
});
