/** The difference of two configurations, for a terminal and as Markdown. */
import type { FindingCount, SettingsDiffView } from "../../contract/comparison.ts";
import type { SettingDifference } from "../../model/comparison.ts";
import { styled, table } from "../style.ts";
import { markdownCode, markdownTable, markdownText } from "./markdown.ts";
import { shownText } from "./shown.ts";

const WIDEST_KEY = 48;
const WIDEST_VALUE = 40;

const MARKS = {
  added: ["green", "+"],
  removed: ["red", "-"],
  changed: ["yellow", "~"],
} as const;

/** What one side has, before it is made to fit. */
function sideText(change: SettingDifference, side: "a" | "b"): string | undefined {
  if (change.kind === (side === "a" ? "added" : "removed")) return undefined;
  if (change.secret) return "[secret]";
  return change.texts[side] ?? "unknown";
}

function notesOf({ verdict, secret, kind, reason }: SettingDifference): string {
  const said =
    verdict === "unknown"
      ? "can't be compared here"
      : verdict === "equal"
        ? "the same value, secret on one side only"
        : secret && kind === "changed"
          ? "different values"
          : undefined;
  return [said, reason].filter((one) => one !== undefined && one !== null).join("; ");
}

function splitByDesign({ changes }: SettingsDiffView): {
  unexpected: readonly SettingDifference[];
  meant: readonly SettingDifference[];
} {
  return {
    unexpected: changes.filter(({ byDesign }) => !byDesign),
    meant: changes.filter(({ byDesign }) => byDesign),
  };
}

export function countedFindings({ errors, warnings }: FindingCount): string {
  const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
}

/** A side that has errors is compared all the same; its values are not what it will run with. */
function findingLines({ a, b, findings }: SettingsDiffView): string[] {
  const sides = [[a, findings.a] as const, [b, findings.b] as const];
  return sides
    .filter(([, { errors }]) => errors > 0)
    .map(([name, count]) => `${name} has ${countedFindings(count)}`);
}

function changeRows(change: SettingDifference): string[][] {
  const [colour, mark] = change.verdict === "unknown" ? (["yellow", "?"] as const) : MARKS[change.kind];
  const value = (side: "a" | "b") => {
    const text = sideText(change, side);
    return text === undefined ? styled("dim", "–") : shownText(text, WIDEST_VALUE);
  };
  const place = (side: "a" | "b") => styled("dim", shownText(change.places[side] ?? "", WIDEST_VALUE));
  const key = `${styled(colour, mark)} ${shownText(change.key, WIDEST_KEY)}`;
  const note = styled("dim", notesOf(change));
  return [
    [key, value("a"), value("b"), note],
    ["", place("a"), place("b"), ""],
  ];
}

function summaryOf(unexpected: number, meant: number): string {
  const first = `${unexpected} unexpected`;
  return `${unexpected > 0 ? styled("red", first) : styled("green", first)}, ${meant} by design`;
}

function terminalDiff(view: SettingsDiffView): string {
  const { unexpected, meant } = splitByDesign(view);
  const section = (title: string, changes: readonly SettingDifference[]) =>
    changes.length > 0 ? [[styled("bold", title)], ...changes.flatMap(changeRows)] : [];
  const rows = [...section("unexpected", unexpected), ...section("by design", meant)];
  const body =
    rows.length > 0
      ? [table(["", view.a, view.b, ""], rows), summaryOf(unexpected.length, meant.length)]
      : [`${view.a} and ${view.b} have the same settings`];
  return [...body, ...findingLines(view).map((line) => styled("yellow", line))].join("\n");
}

function markdownDiff(view: SettingsDiffView): string {
  const { unexpected, meant } = splitByDesign(view);
  const cell = (change: SettingDifference, side: "a" | "b") => {
    const text = sideText(change, side);
    const place = change.places[side];
    if (text === undefined) return "–";
    const value = change.secret ? "*secret*" : markdownCode(text) || "*empty*";
    return place ? `${value}<br>${markdownText(place)}` : value;
  };
  const row = (change: SettingDifference) => [
    markdownCode(change.key),
    cell(change, "a"),
    cell(change, "b"),
    markdownText([change.kind, notesOf(change)].filter(Boolean).join(": ")),
  ];
  const header = ["setting", markdownText(view.a), markdownText(view.b), ""];
  const section = (title: string, changes: readonly SettingDifference[]) =>
    changes.length > 0 ? [`### ${title}`, markdownTable(header, changes.map(row))] : [];
  return [
    `## ${markdownText(view.a)} → ${markdownText(view.b)}`,
    `${unexpected.length} unexpected, ${meant.length} by design`,
    ...section("Unexpected", unexpected),
    ...section("By design", meant),
    ...findingLines(view).map(markdownText),
  ].join("\n\n");
}

export function renderDiff(view: SettingsDiffView, { markdown }: { readonly markdown?: boolean }): string {
  return markdown ? markdownDiff(view) : terminalDiff(view);
}
