/** Environments, releases and the record for people. */
import { shortDigest } from "../../base/digest.ts";
import type { AuditLogView, AuditVerifyView } from "../../contract/audit.ts";
import type { EnvironmentView, StatusView } from "../../contract/environment.ts";
import type { ReleaseView } from "../../contract/release.ts";
import { labelled, styled, table } from "../style.ts";

export function renderEnvironments(views: readonly EnvironmentView[]): string {
  const rows = views.map(({ name, kind, production, approvals, ports, hosts }) => [
    production ? styled("red", name) : name,
    kind,
    String(approvals),
    Object.entries(ports)
      .map(([service, port]) => `${service}:${port}`)
      .join(" "),
    hosts.join(" "),
  ]);
  return table(["environment", "kind", "approvals", "ports", "hosts"], rows);
}

function healthText(healthy: boolean | null): string {
  if (healthy === null) return styled("dim", "unknown");
  return healthy ? styled("green", "healthy") : styled("red", "not healthy");
}

export function renderStatus({ environments }: StatusView): string {
  const rows = environments.map(({ name, release, healthy, addresses, evidence, operation }) => [
    name,
    release ?? styled("dim", "none"),
    healthText(healthy),
    Object.values(addresses).join(" ") || styled("dim", "–"),
    [...(operation ? [styled("yellow", operation)] : []), ...(healthy === true ? [] : evidence)].join("; "),
  ]);
  return table(["environment", "release", "health", "addresses", ""], rows);
}

export function renderReleases(views: readonly ReleaseView[]): string {
  if (views.length === 0) return "no releases yet: ringfence release create 1.0.0";
  const rows = views.map(({ version, digest, commit, createdAt, createdBy }) => [
    version,
    shortDigest(digest),
    commit.slice(0, 12),
    createdBy,
    createdAt,
  ]);
  return table(["release", "digest", "commit", "by", "at"], rows);
}

type ReleaseDetail = ReleaseView & {
  readonly verified?: readonly { readonly environment: string; readonly at: string }[];
  readonly quarantine?: { readonly environment: string; readonly reason: string } | null;
};

export function renderRelease(view: ReleaseDetail): string {
  const line = (label: string, text: string) => labelled(`  ${styled("dim", label)}`, text, 17);
  return [
    `${styled("bold", view.version)}  ${styled("dim", view.digest)}`,
    line("commit", view.commit),
    line("made", `${view.createdAt} by ${view.createdBy}`),
    ...view.artifacts.map(({ service, digest, files, bytes }) =>
      line(`service ${service}`, `${shortDigest(digest)}, ${files} files, ${(bytes / 1024).toFixed(1)} KiB`),
    ),
    ...view.configuration.map(({ environment, revision }) =>
      line(environment, `configuration ${shortDigest(revision)}`),
    ),
    ...(view.verified ?? []).map(({ environment, at }) => line("verified", `in ${environment} at ${at}`)),
    ...(view.quarantine
      ? [
          line(
            styled("red", "quarantine"),
            `failed in ${view.quarantine.environment}: ${view.quarantine.reason}`,
          ),
        ]
      : []),
  ].join("\n");
}

/** The title of the step that an event is about. */
function stepOf(details: unknown): string | undefined {
  const title = (details as { title?: unknown } | null)?.title;
  return typeof title === "string" ? `  ${title}` : undefined;
}

export function renderAuditLog({ size, events }: AuditLogView): string {
  const rows = events.map(
    ({ index, at, actor, action, environment, subject: about, result, reason, details }) => {
      const subject = stepOf(details) ?? about;
      return [
        String(index),
        at,
        actor,
        result === "ok" || result === "intended" ? action : styled("red", action),
        environment ?? "",
        reason ? `${subject}  (${reason})` : subject,
      ];
    },
  );
  return `${table(["#", "at", "who", "what", "where", "about"], rows)}\n${styled("dim", `${events.length} of ${size} events`)}`;
}

export function renderAuditVerify({ size, root, valid, checkpoint, problems }: AuditVerifyView): string {
  const verdict = valid
    ? styled("green", "✓ the record is whole")
    : styled("red", "✗ the record was altered");
  return [
    `${verdict}: ${size} events, root ${root.slice(0, 16)}, checkpoint ${checkpoint === null ? "none" : `at ${checkpoint}`}`,
    ...problems.map(
      ({ index, code, what }) =>
        `  ${styled("red", code)}${index === null ? "" : ` event ${index}`}: ${what}`,
    ),
  ].join("\n");
}
