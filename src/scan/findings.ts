/** Leaks as findings: whose secret it is, by name, or what it looks like. Nothing of the text but a public prefix. */

import type { FindingDraft } from "../model/finding-list.ts";
import { credentialShapeIn } from "../model/provider-format.ts";
import type { KnownValue, Leak } from "./leak.ts";

/** Where a text was found. */
export interface LeakSource {
  /** As shown. */
  readonly path: string;
  readonly commit: string | undefined;
  /** It has no lines that anybody could look up. */
  readonly isMessage?: boolean;
}

const MOST_NAMED = 3;
const SHORT_ID = 12;

function named(values: readonly KnownValue[]): string {
  const names = [...new Set(values.map(({ name, environment }) => `${name} of ${environment}`))];
  const others = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

function formOf({ shapes }: Leak): string {
  const words = [...new Set(shapes.map(({ what }) => what))].join(", ");
  const prefix = credentialShapeIn(shapes[0]!.text)?.prefix;
  return prefix ? `${words} (${prefix}…)` : words;
}

function tail({ times }: Leak, { commit }: LeakSource): string {
  const again = times > 1 ? `, ${times} times in this text` : "";
  return `${again}${commit ? `; first in commit ${commit.slice(0, SHORT_ID)}` : ""}`;
}

function valueFinding(leak: Leak, source: LeakSource, place: FindingDraft["place"]): FindingDraft {
  const current = leak.values.filter(({ former }) => !former);
  const shown = current.length > 0 ? current : leak.values;
  const { name, environment } = shown[0]!;
  const rules = leak.shapes.length > 0 ? `, and has the form of a credential: ${formOf(leak)}` : "";
  const what = current.length > 0 ? "the secret" : "a former value of the secret";
  return {
    code: "LEAK_VALUE",
    severity: current.length > 0 ? "error" : "warning",
    setting: name,
    place,
    why: `${what} ${named(shown)} stands here in the open${rules}${tail(leak, source)}`,
    fix:
      current.length > 0
        ? `ringfence secret set ${name} -e ${environment}   # a new value, as this one was seen; then take it out here`
        : "make sure that nothing takes this value any more, and take it out here",
  };
}

function shapeFinding(leak: Leak, source: LeakSource, place: FindingDraft["place"]): FindingDraft {
  const rules = leak.shapes.map(({ rule }) => rule).join(", ");
  return {
    code: "LEAK_SHAPE",
    place,
    why: `this has the form of a credential: ${formOf(leak)}${tail(leak, source)}; by ${rules}`,
    fix: "revoke it where it was issued and take it out here; where it is none: ringfence secret scan --accept REASON",
  };
}

export function findingOf(leak: Leak, source: LeakSource): FindingDraft {
  const line = source.isMessage ? 0 : leak.line;
  const place = { file: source.path, line, column: leak.column };
  return leak.values.length > 0 ? valueFinding(leak, source, place) : shapeFinding(leak, source, place);
}

/** A text that nobody looked at. */
export function unreadFinding(path: string, why: string): FindingDraft {
  return {
    code: "LEAK_UNREAD",
    severity: "warning",
    place: { file: path, line: 0, column: 0 },
    why: `not looked at: ${why}`,
    fix: "look at it by hand",
  };
}

/** An entry of the baseline that lets nothing through. */
export function unusedFinding(place: FindingDraft["place"], rule: string, path: string): FindingDraft {
  return {
    code: "LEAK_BASELINE_UNUSED",
    severity: "advice",
    place,
    why: `${rule} finds nothing of this entry in ${path}, in the whole history`,
    fix: "delete the entry",
  };
}
