/** Operations for people: plan, gates, steps with their evidence, and what to do next. */
import type { Json } from "../../base/canonical-json.ts";
import { shortDigest } from "../../base/digest.ts";
import type { OperationView } from "../../contract/operation.ts";
import { labelled, styled, table } from "../style.ts";
import { shownLines, shownText } from "./shown.ts";

const GATE_MARKS = { open: ["green", "✓"], shut: ["red", "✗"], unknown: ["yellow", "?"] } as const;
const STEP_MARKS = {
  pending: ["dim", "·"],
  intended: ["yellow", "…"],
  done: ["green", "✓"],
  failed: ["red", "✗"],
  undone: ["yellow", "↶"],
} as const;
const STATE_COLOURS = {
  planned: "cyan",
  waiting: "yellow",
  running: "yellow",
  refused: "red",
  succeeded: "green",
  failed: "red",
  cancelled: "dim",
} as const;

/** What a step reported, as one short line. */
export function evidenceOf(result: Json): string {
  if (result === null || typeof result !== "object" || Array.isArray(result)) return "";
  const { evidence, error } = result as { evidence?: Json; error?: { what?: string; why?: string } };
  if (Array.isArray(evidence)) return evidence.join("; ");
  return error ? [error.what, error.why].filter(Boolean).join("\n") : "";
}

function nextOf(view: OperationView): string[] {
  // What opens a shut gate stands below the gate.
  if (view.state === "waiting" && view.gates.every(({ state }) => state === "open"))
    return [`ringfence operation resume ${view.id}`];
  if (view.state === "running")
    return [`ringfence operation resume ${view.id}`, `ringfence operation resume ${view.id} --undo`];
  return [];
}

/** One operation; the steps are left out where they were shown while they ran. */
export function renderOperation(view: OperationView, withSteps: boolean): string {
  const head = `${styled("bold", shownText(view.plan.summary))}  ${styled(STATE_COLOURS[view.state], view.state)}`;
  // What was only planned is not kept: its id leads nowhere.
  const id = view.state === "planned" ? [] : [view.id];
  const facts = styled(
    "dim",
    [...id, `by ${view.author}`, `plan ${shortDigest(view.plan.digest)}`].join(", "),
  );
  const effects = view.plan.effects.map((effect) => `  ${styled("dim", "–")} ${shownLines(effect)}`);
  const gates = view.gates.flatMap(({ name, state, why, opens }) => {
    const [colour, mark] = GATE_MARKS[state];
    const line = labelled(`  ${styled(colour, mark)} ${name}`, shownLines(why), 16);
    return opens ? [line, labelled("", `${styled("dim", "opens:")} ${shownLines(opens)}`, 16)] : [line];
  });
  const steps = view.steps.map(({ title, state, result }) => {
    const [colour, mark] = STEP_MARKS[state];
    const head = `  ${styled(colour, mark)} ${shownText(title)}`;
    const evidence = evidenceOf(result);
    return evidence ? labelled(head, styled("dim", shownLines(evidence)), 36) : head;
  });
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [styled("dim", title), ...lines] : [];
  const begun = view.state !== "planned" && view.state !== "refused" && view.state !== "waiting";
  return [
    head,
    facts,
    ...section("would happen", begun ? [] : effects),
    ...section("gates", gates),
    ...section("steps", begun && withSteps ? steps : []),
    ...section(
      "next",
      nextOf(view).map((line) => `  ${line}`),
    ),
  ].join("\n");
}

export function renderOperations(views: readonly OperationView[]): string {
  if (views.length === 0) return "no operations yet";
  return table(
    ["id", "what", "state", "by", "at"],
    views.map(({ id, plan, state, author, createdAt }) => [
      id,
      shownText(plan.summary),
      styled(STATE_COLOURS[state], state),
      shownText(author),
      createdAt,
    ]),
  );
}
