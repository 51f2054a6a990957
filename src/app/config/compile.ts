/** `ringfence config compile`: the checked settings as a sealed snapshot, for `run` and for applications that watch. */
import * as z from "zod";
import { EXIT, systemCode } from "../../base/error.ts";
import type { CompileView } from "../../contract/compiled.ts";
import type { Environment } from "../../model/project.ts";
import { referencesErrors } from "../../references/index.ts";
import { type Snapshot, snapshotPath } from "../../snapshot/snapshot.ts";
import { defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { warnOfEarlier } from "../references.ts";
import { compile, draftOf, keepSnapshot } from "../run.ts";

/** Here the cache is what was asked for, so that it can't be written is an error. */
function keepOrFail(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw appErrors.APP_UNREADABLE({
      what: "the compiled settings can't be written",
      where: path,
      why: error instanceof Error ? error.message : String(error),
      fix: `ls -ld '${path}'`,
      cause: error,
    });
  }
}

/** @throws REFERENCE_UNCACHED for a snapshot that would be too old at once */
function assertCached({ name, policies }: Environment, { expiresAtMs }: Snapshot): void {
  if (expiresAtMs === null || policies.secretsCacheMs > 0) return;
  throw referencesErrors.REFERENCE_UNCACHED({
    what: `the settings of ${name} hold values of other stores, which it does not keep`,
    where: `environments.${name}`,
    why: "compiled settings would hold a value that its store may have replaced",
    fix: `add to ${name}: policies: { secrets: { cache: 5m } }   # or: ringfence run -e ${name} -- <command>`,
  });
}

export const query = defineQuery({
  name: "config compile",
  summary: "Compile an environment's settings into its cache, as the files say; exit 3 when there are errors",
  scope: "environment",
  explicit: true,
  input: z.object({}),
  async run({ app, environment, warn }): Promise<CompileView> {
    const draft = await draftOf(app, environment, { variables: {}, stores: "lasting" });
    warnOfEarlier(warn, environment.name, draft.given);
    const { findings } = draft.configuration;
    const view = { environment: environment.name, inputs: draft.inputs.map(({ path }) => path), findings };
    if (findings.some(({ severity }) => severity === "error")) return { ...view, revision: null };
    const snapshot = compile(app, environment, draft);
    assertCached(environment, snapshot);
    keepOrFail(snapshotPath(app.project.root, environment.name), () =>
      keepSnapshot(app, snapshot, draft.configuration),
    );
    return { ...view, revision: snapshot.revision };
  },
  exit: ({ revision }: CompileView) => (revision === null ? EXIT.findings : EXIT.ok),
});
