/** How it is said that a program may not run: in an error, and in the finding about a layer. */

import type { RingfenceError } from "../base/error.ts";
import { formatPlace } from "../base/place.ts";
import type { ProgramContent } from "./content.ts";
import { trustErrors } from "./errors.ts";
import type { Trust } from "./record.ts";

/** A program and what is known of its trust. */
export interface ProgramTrust {
  readonly content: ProgramContent;
  readonly trust: Trust;
}

/** Why a program may not run: `was never trusted on this machine`, or what has changed since. */
export function whyUntrusted(trust: Exclude<Trust, { state: "trusted" }>): string {
  if (trust.state === "never") return "was never trusted on this machine";
  const files = trust.files.map(({ path, change }) => `${path} (${change})`);
  return `has changed since it was trusted at ${trust.at}: ${files.join(", ") || "its words"}`;
}

/** @param fix how to trust them */
export function trustRequired(programs: readonly ProgramTrust[], fix: string): RingfenceError {
  const refused = programs.flatMap(({ content, trust }) =>
    trust.state === "trusted" ? [] : [{ content, why: whyUntrusted(trust) }],
  );
  const [first] = refused;
  return trustErrors.TRUST_REQUIRED({
    what:
      refused.length === 1
        ? `a program of this project is not trusted: ${first!.content.name}`
        : `${refused.length} programs of this project are not trusted`,
    where: first && formatPlace(first.content.place),
    why: ["nothing was run", ...refused.map(({ content, why }) => `${content.name} ${why}`)].join("\n"),
    fix,
    details: {
      programs: refused.map(({ content: { name, words, digest }, why }) => ({ name, words, digest, why })),
    },
  });
}
