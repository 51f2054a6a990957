/** What the commands that edit a configuration answer. */
import type { ConfigEditView } from "../../contract/config-edit.ts";
import type { OperationRecord } from "../../model/operation.ts";
import type { PlannedFiles } from "../layer-change.ts";

/** Reads the facts that all of these operations have. */
export function editAnswer({ id, plan }: OperationRecord): ConfigEditView {
  const facts = plan.facts as unknown as PlannedFiles & { readonly notes: readonly string[] };
  return {
    summary: plan.summary,
    files: facts.files.map(({ path }) => path),
    revisions: facts.revisions.map(({ environment, after }) => ({ environment, revision: after })),
    notes: facts.notes,
    operation: id,
  };
}
