/** `ringfence config compile`: the checked settings as a sealed snapshot, for `run` and for applications that watch. */
import * as z from "zod";
import { EXIT, systemCode } from "../../base/error.ts";
import type { CompileView } from "../../contract/compiled.ts";
import { snapshotPath } from "../../snapshot/snapshot.ts";
import { defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
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

export const query = defineQuery({
  name: "config compile",
  summary: "Compile an environment's settings into its cache, as the files say; exit 3 when there are errors",
  scope: "environment",
  explicit: true,
  input: z.object({}),
  async run({ app, environment }): Promise<CompileView> {
    const draft = draftOf(app, environment, { variables: {} });
    const { findings } = draft.configuration;
    const view = { environment: environment.name, inputs: draft.inputs.map(({ path }) => path), findings };
    if (findings.some(({ severity }) => severity === "error")) return { ...view, revision: null };
    const snapshot = compile(app, environment, draft);
    keepOrFail(snapshotPath(app.project.root, environment.name), () => keepSnapshot(app, snapshot));
    return { ...view, revision: snapshot.revision };
  },
  exit: ({ revision }: CompileView) => (revision === null ? EXIT.findings : EXIT.ok),
});
