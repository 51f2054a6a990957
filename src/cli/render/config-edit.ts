/** Edits of a configuration for people. */
import { shortDigest } from "../../base/digest.ts";
import type { ConfigEditView } from "../../contract/config-edit.ts";
import { styled } from "../style.ts";

export function renderConfigEdit({ summary, files, revisions, notes }: ConfigEditView): string {
  const remarks = notes.map((note) => `  ${styled("yellow", "!")} ${note}`);
  if (files.length === 0) return [`nothing to do: ${summary}`, ...remarks].join("\n");
  return [
    `${styled("green", "✓")} ${summary}: ${files.join(", ")}`,
    ...revisions.map(
      ({ environment, revision }) => `  ${environment} is at revision ${shortDigest(revision)}`,
    ),
    ...remarks,
    styled("dim", `next: git add ${files.join(" ")}`),
  ].join("\n");
}
