/** Who may open secrets, and what they could read, for people; and what git is told of secrets files. */

import type { ConfigEditView } from "../../contract/config-edit.ts";
import type { HolderView, RecipientsView, RevocationView, SecretPushView } from "../../contract/secrets.ts";
import { styled, table } from "../style.ts";
import { renderConfigEdit } from "./config-edit.ts";
import { shownLines, shownText } from "./shown.ts";

const STATES: Readonly<Record<HolderView["state"], string>> = {
  in: "can open it",
  missing: "not yet",
  surplus: "still can",
};

export function renderRecipients({ environment, file, isThere, holders }: RecipientsView): string {
  if (holders.length === 0) return `${environment} has no recipients (${file})`;
  const rows = holders.map(({ name, kind, recipient, via, state }) => [
    name === recipient ? "" : shownText(name),
    kind,
    styled(state === "in" ? "green" : "yellow", isThere ? STATES[state] : "no file yet"),
    via.some((one) => one !== recipient) ? shownText(via.join(", ")) : "",
    recipient,
  ]);
  const isSame = holders.every(({ state }) => state === "in");
  const isForeign = holders.some(({ kind, state }) => kind === "key" && state === "surplus");
  const next = `next: ringfence secret recipients apply -e ${environment}${isForeign ? " --drop-keys" : ""}`;
  return [
    table([environment, "", file, "by", "recipient"], rows),
    ...(isSame ? [] : [styled("dim", next)]),
  ].join("\n");
}

const FATES = {
  same: ["yellow", "to be rotated"],
  rotated: ["green", "rotated"],
  gone: ["green", "gone"],
  unknown: ["yellow", "can't be told here"],
  elsewhere: ["yellow", "to be rotated in its store"],
} as const;

function exposure({
  secrets,
  history,
  sealed,
}: Pick<RevocationView, "secrets" | "history" | "sealed">): string[] {
  const rows = secrets.map(({ environment, name, doc, reference, state }) => {
    const [colour, word] = FATES[state];
    const about = [reference, doc].filter((one) => one).join("  ");
    return [`  ${environment}`, name, styled(colour, word), styled("dim", shownText(about, 60))];
  });
  const past = history.map(({ environment, file, commits, earlier }) => {
    const values = earlier.length > 0 ? `, with other values of ${earlier.join(", ")}` : "";
    const range = commits.length > 1 ? `${commits.at(-1)!.slice(0, 10)} … ` : "";
    return `  ${environment}: ${commits.length} earlier of ${file} in git (${range}${commits[0]!.slice(0, 10)})${values}`;
  });
  return [
    ...(rows.length > 0 ? [table(["  environment", "could be read", "", ""], rows)] : []),
    ...sealed.map(({ environment, file, identities }) =>
      [
        styled(
          "yellow",
          `  ${environment}: ${file} opens it for them, also in git's history, and every value to come`,
        ),
        `  give it another identity (ringfence identity create -e ${environment}, where none lies yet), then:`,
        ...identities.map((one) => `  ringfence secret recipients remove ${one} -e ${environment}`),
      ].join("\n"),
    ),
    ...past,
    ...(past.length > 0
      ? [styled("dim", "  what git keeps can't be encrypted anew: rotate it where it comes from")]
      : []),
  ];
}

export function renderRevoked(revocations: readonly RevocationView[]): string {
  if (revocations.length === 0) return "nothing that somebody revoked could read is left to be rotated";
  return revocations
    .map((one) => {
      const head = `${styled("bold", one.who)}  revoked ${one.at} by ${shownText(one.by)}`;
      return [head, ...exposure(one)].join("\n");
    })
    .join("\n\n");
}

export function renderRevoke(answer: RevocationView & ConfigEditView): string {
  const notes = answer.notes.filter((note) => note.includes("signing key"));
  return [
    renderConfigEdit({ ...answer, notes }),
    ...exposure(answer),
    styled("dim", "next: ringfence secret revoked   # until each is rotated"),
  ].join("\n");
}

export function renderTextconv({ text }: { readonly text: string }): string {
  return shownLines(text);
}

export function renderMerge(answer: {
  readonly file: string;
  readonly revision: number;
  readonly taken: readonly string[];
}): string {
  const { file, revision, taken } = answer;
  const names = taken.length > 0 ? `, with ${taken.join(", ")} of the other branch` : "";
  return `${styled("green", "✓")} ${file} is merged by name: revision ${revision}${names}`;
}

export function renderGitSetup(answer: {
  readonly file: string;
  readonly line: string;
  readonly settings: Readonly<Record<string, string>>;
}): string {
  const { file, line, settings } = answer;
  return [
    `${styled("green", "✓")} git merges secrets by name: ${file} has ${line}`,
    ...Object.entries(settings).map(([name, value]) => `  git config ${name} "${value}"`),
    styled("dim", `next: git add ${file}   # and in every other clone: ringfence secret git-setup`),
  ].join("\n");
}

export function renderSecretPush(answer: SecretPushView): string {
  const { environment, name, reference, version, previous, isWritten } = answer;
  if (!isWritten) return `nothing to do: ${name} of ${environment} has this value at ${reference} already`;
  return [
    `${styled("green", "✓")} ${name} of ${environment} is replaced at ${shownText(reference)}`,
    ...(version === null ? [] : [`  version ${shownText(version)}`]),
    ...(previous === null ? [] : [`  before: version ${shownText(previous)}, which the store still has`]),
  ].join("\n");
}
