/** What a project would run, and its trust, for people. */
import { shortDigest } from "../../base/digest.ts";
import type { ProgramView, TrustGivenView, TrustRevokedView, TrustView } from "../../contract/trust.ts";
import { styled } from "../style.ts";

function stateOf({ state, at }: ProgramView): string {
  if (state === "trusted") return styled("green", `trusted since ${at}`);
  return state === "never" ? styled("red", "never trusted") : styled("red", `changed since ${at}`);
}

function renderProgram(program: ProgramView): string[] {
  const files = program.files.map(({ path, digest, change }) => {
    const mark = change === null ? "" : `  ${styled("red", change)}`;
    return `  ${styled("dim", digest === null ? "–".padEnd(12) : shortDigest(digest))}  ${path}${mark}`;
  });
  return [
    `${styled("bold", program.name)}  ${stateOf(program)}`,
    `  ${styled("dim", program.where)}`,
    ...files,
  ];
}

export function renderTrust({ project, programs }: TrustView): string {
  if (programs.length === 0) return `${project} has no programs: nothing to trust`;
  const lines = programs.flatMap(renderProgram);
  const isTrusted = programs.every(({ state }) => state === "trusted");
  return [...lines, ...(isTrusted ? [] : [`${styled("dim", "next:")} ringfence trust`])].join("\n");
}

export function renderTrustGiven({ project, trusted }: TrustGivenView): string {
  if (trusted.length === 0)
    return `${styled("green", "✓")} nothing of ${project} needs trust that it has not`;
  const head = `${styled("green", "✓")} Ringfence runs, as they stand now:`;
  return [head, ...trusted.map((name) => `  ${name}`)].join("\n");
}

export function renderTrustRevoked({ project, revoked }: TrustRevokedView): string {
  const head = `${styled("green", "✓")} Ringfence runs no program of ${project} on this machine`;
  return [head, ...revoked.map((name) => `  ${name}`)].join("\n");
}
