/** The steps of a running operation on standard error, so that a person sees what happens while it happens. */
import type { Json } from "../../base/canonical-json.ts";
import { labelled, styledError } from "../style.ts";
import { evidenceOf } from "./operation.ts";
import { shownLines, shownText } from "./shown.ts";

interface Seen {
  readonly title: string;
  readonly state: "started" | "done" | "failed";
  readonly result?: Json;
}

const MARKS = { done: ["green", "✓"], failed: ["red", "✗"] } as const;

/** Prints what ended; what only started is shown on a terminal and overwritten. */
export function showProgress({ title, state, result }: Seen): void {
  const { stderr } = process;
  if (state === "started") {
    const line = title === "" ? "" : `  ${styledError("dim", "…")} ${shownText(title)}\r`;
    if (stderr.isTTY) stderr.write(`\u001b[2K${line}`);
    return;
  }
  const [colour, mark] = MARKS[state];
  const evidence = typeof result === "string" ? result : evidenceOf(result ?? null);
  const head = `  ${styledError(colour, mark)} ${shownText(title)}`;
  const line = evidence ? labelled(head, styledError("dim", shownLines(evidence)), 36) : head;
  stderr.write(`${stderr.isTTY ? "\u001b[2K" : ""}${line}\n`);
}
