/** Revisions of a configuration for people. */
import { shortDigest } from "../../base/digest.ts";
import type {
  ConfigHistoryView,
  ConfigRecordView,
  ConfigRollbackView,
  RevisionDifference,
} from "../../contract/revision.ts";
import { styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

const MOST_NAMES = 4;

function changedText({ keys, files, secrets, schema }: RevisionDifference): string {
  const more = keys.length > MOST_NAMES ? [`and ${keys.length - MOST_NAMES} more`] : [];
  const parts = [
    ...(keys.length > 0 ? [`${keys.length}: ${[...keys.slice(0, MOST_NAMES), ...more].join(", ")}`] : []),
    ...(secrets ? ["secrets"] : []),
    ...(schema ? ["declarations"] : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  return files.length > 0 ? "no key, only texts" : "nothing";
}

export function renderConfigHistory({ environment, unrecorded, revisions }: ConfigHistoryView): string {
  const present = unrecorded
    ? [
        [
          styled("yellow", shortDigest(unrecorded.digest)),
          "",
          "",
          styled("yellow", "in the files, not recorded"),
          shownText(changedText(unrecorded.changed)),
        ],
      ]
    : [];
  const rows = revisions.map(({ digest, at, author, reason, changed }) => [
    shortDigest(digest),
    at,
    shownText(author),
    shownText(reason.split("\n")[0]!),
    shownText(changedText(changed)),
  ]);
  const all = table([environment, "at", "by", "reason", "changed"], [...present, ...rows]);
  if (!unrecorded) return all;
  return `${all}\n${styled("dim", `next: ringfence config record -e ${environment} --reason "<why>"`)}`;
}

export function renderConfigRecord({ environment, revision, recorded }: ConfigRecordView): string {
  const short = shortDigest(revision);
  return recorded
    ? `${styled("green", "✓")} ${environment} has the revision ${short}`
    : `${environment} has the revision ${short} already; nothing to record`;
}

export function renderConfigRollback(answer: ConfigRollbackView): string {
  const { environment, target, revision, files, others } = answer;
  return [
    `${styled("green", "✓")} ${environment} has the files of ${shortDigest(target)} again: ${files.join(", ")}`,
    ...[{ environment, revision }, ...others].map(
      (one) => `  ${one.environment} is at revision ${shortDigest(one.revision)}`,
    ),
    styled("dim", `next: git add ${files.join(" ")}`),
  ].join("\n");
}
