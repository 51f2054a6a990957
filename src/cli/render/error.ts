/** Errors for people: what, where, why and fix, each where the eye looks for it. */
import type { RingfenceError } from "../../base/error.ts";
import { labelled, styledError } from "../style.ts";

/** The text that goes to standard error. */
export function renderError(error: RingfenceError): string {
  const part = (name: string, text: string | undefined) =>
    text ? [labelled(`  ${styledError("dim", name)}`, text, 9)] : [];
  return [
    `${styledError(["red", "bold"], `error ${error.code}:`)} ${error.message}`,
    ...part("where", error.where),
    ...part("why", error.why),
    ...part("fix", error.fix),
  ].join("\n");
}
