/** Compiled settings and the declaration of their types for people. */
import { shortDigest } from "../../base/digest.ts";
import type { CompileView, TypesView } from "../../contract/compiled.ts";
import { renderFindings } from "./check.ts";

export function renderCompile(view: CompileView): string {
  const { environment, revision, findings } = view;
  const compiled = revision === null ? [] : [`${environment} is compiled: revision ${shortDigest(revision)}`];
  return [...(findings.length > 0 || revision === null ? [renderFindings(view)] : []), ...compiled].join(
    "\n",
  );
}

/** The file's text; whoever prints it ends its last line. */
export function renderTypes({ declaration }: TypesView): string {
  return declaration.trimEnd();
}
