/** Settings, findings and secrets for people. */
import { formatPlace } from "../../base/place.ts";
import type { ExportView, SecretListView, SettingsView, SettingView } from "../../contract/settings.ts";
import type { Explanation } from "../../model/setting.ts";
import { labelled, styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

function valueText(value: unknown): string {
  return shownText(typeof value === "string" ? value : JSON.stringify(value));
}

function secretText({ fingerprint, sealed, unasked, reference }: SettingView): string {
  if (reference !== undefined) return `[secret at ${shownText(reference)}]`;
  if (unasked) return "[secret, not asked for]";
  if (fingerprint) return `[secret ${fingerprint}]`;
  return sealed ? "[secret, sealed here]" : "[secret]";
}

export function renderSettings({ environment, settings }: SettingsView): string {
  const rows = Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, view]) => [
      shownText(name),
      view.secret ? styled("yellow", secretText(view)) : valueText(view.value),
      styled("dim", shownText(view.from)),
    ]);
  return rows.length > 0
    ? table([`${environment}`, "value", "from"], rows)
    : `${environment} has no settings`;
}

export function renderExplain({ key, secret, value, layers }: Explanation): string {
  const shown = (one: unknown) => (secret ? "[secret]" : valueText(one));
  const rows = layers.map(({ source, file, line, column, value: set, reference, wins }) => {
    const place = formatPlace({ file, line, column });
    const text = reference === undefined ? shown(set) : `[secret at ${shownText(reference)}]`;
    return [wins ? styled("green", "→") : " ", text, file === source ? place : `${source} (${place})`];
  });
  return [
    `${styled("bold", shownText(key))} = ${shown(value)}`,
    ...rows.map(([mark, set, where]) => labelled(`  ${mark} ${set}`, styled("dim", shownText(where!)), 34)),
  ].join("\n");
}

/** Exactly the text; its last line end comes with the printing. */
export function renderExport({ text }: ExportView): string {
  return text.replace(/\n$/, "");
}

export function renderSecretList({ environment, file, secrets, signedBy, findings }: SecretListView): string {
  if (secrets.length === 0) return `${environment} has no secrets (${file})`;
  const signature = signedBy ? `signed by ${shownText(signedBy)}, not verified here` : "not signed";
  const rows = secrets.map(({ name, declared, line }) => [
    shownText(name),
    declared ? "declared" : styled("yellow", "not declared"),
    shownText(`${file}:${line}`),
  ]);
  const mistakes = findings.map(({ why, fix }) => `${styled("yellow", "!")} ${why}; ${fix}`);
  return [table([environment, "", "where"], rows), styled("dim", signature), ...mistakes].join("\n");
}

export function renderSecret({ value }: { readonly value: string }): string {
  return value;
}

export function renderSecretSet(answer: {
  readonly name: string;
  readonly environment: string;
  readonly file: string;
  readonly revision: number;
  readonly warning: string | null;
}): string {
  const { name, environment, file, revision, warning } = answer;
  return [
    `${styled("green", "✓")} ${name} is set for ${environment}: ${file}, revision ${revision}`,
    ...(warning === null ? [] : [`${styled("yellow", "warning")} ${warning}`]),
    styled("dim", `next: git add ${file}`),
  ].join("\n");
}

export function renderIdentity(answer: {
  readonly environment: string;
  readonly recipient: string;
  readonly file: string;
}): string {
  return [
    `${styled("green", "✓")} ${answer.environment} has an identity`,
    labelled(
      "  identity",
      `${answer.file}  (keep a copy where only its owners reach it; without it the secrets are lost)`,
      13,
    ),
    labelled("  recipient", `${answer.recipient}  (added to ringfence.yaml)`, 13),
  ].join("\n");
}

export function renderPerson(answer: {
  readonly name: string;
  readonly key: string;
  readonly recipient: string;
}): string {
  return [
    `${styled("green", "✓")} you are ${answer.name} (in ringfence.yaml)`,
    labelled("  key", answer.key, 13),
    labelled("  recipient", answer.recipient, 13),
    styled("dim", "next: git add ringfence.yaml"),
  ].join("\n");
}
