/** `ringfence audit verify`: recomputes the whole log and holds it against the last signed checkpoint. */
import * as z from "zod";
import { verifyLog } from "../../audit/index.ts";
import { EXIT } from "../../base/error.ts";
import type { AuditVerifyView } from "../../contract/audit.ts";
import type { App } from "../app.ts";
import { defineQuery } from "../definition.ts";
import { checkpointOrigin } from "../record.ts";
import { takeOverSpools } from "../spool.ts";

async function verifyRecord(app: App): Promise<AuditVerifyView> {
  const checkpoint = app.record.checkpoint();
  const verdict = await app.store.read(({ events }) => verifyLog(events, checkpoint));
  const origin = checkpointOrigin(app.project.name, app.store.id);
  const replaced =
    checkpoint && checkpoint.origin !== origin
      ? [
          {
            index: null,
            code: "AUDIT_STORE_REPLACED",
            what: `the checkpoint is of ${checkpoint.origin}, the store is ${origin}`,
          },
        ]
      : [];
  const problems = [...verdict.problems, ...replaced];
  return {
    size: verdict.size,
    root: verdict.root,
    valid: problems.length === 0,
    checkpoint: checkpoint?.size ?? null,
    problems,
  };
}

export const query = defineQuery({
  name: "audit verify",
  summary: "Verify the record against its last signed checkpoint; exit 1 when it was altered",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<AuditVerifyView> {
    const before = await verifyRecord(app);
    // What is altered is left as it is: a spool that was taken over would be signed together with it.
    if (!before.valid) return before;
    const spools = await takeOverSpools(app);
    const after = await verifyRecord(app);
    const problems = [
      ...after.problems,
      ...spools.map((what) => ({ index: null, code: "AUDIT_SPOOL_BROKEN", what })),
    ];
    return { ...after, valid: problems.length === 0, problems };
  },
  exit: (answer: AuditVerifyView) => (answer.valid ? EXIT.ok : EXIT.failed),
});
