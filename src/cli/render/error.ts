/** Errors for people: what, where, why and fix, each where the eye looks for it. */
import type { RingfenceError } from "../../base/error.ts";
import { labelled, styledError } from "../style.ts";
import { shownLines } from "./shown.ts";

/** The text that goes to standard error. */
export function renderError(error: RingfenceError): string {
  const path = error.escalation?.join(" → ");
  const margin = path ? 12 : 9;
  const part = (name: string, text: string | undefined) =>
    text ? [labelled(`  ${styledError("dim", name)}`, shownLines(text), margin)] : [];
  return [
    `${styledError(["red", "bold"], `error ${error.code}:`)} ${shownLines(error.message)}`,
    ...part("where", error.where),
    ...part("why", error.why),
    ...part("fix", error.fix),
    ...part("escalate", path),
  ].join("\n");
}
