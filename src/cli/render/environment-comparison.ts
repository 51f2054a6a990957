/** Environments side by side, for a terminal and as Markdown. */
import type { ComparedCell, ComparedRow, EnvironmentComparisonView } from "../../contract/comparison.ts";
import { styled, table } from "../style.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { shownText } from "./shown.ts";

const WIDEST = 32;

function cellsOf({ environments }: EnvironmentComparisonView, { cells }: ComparedRow): ComparedCell[] {
  return environments.map((name) => cells[name]!);
}

/** Where a value comes from, unless that is the environment's kind, as for nearly all of them. */
function sourcesOf(view: EnvironmentComparisonView, row: ComparedRow): string[] {
  const kinds = view.rows.find(({ field }) => field === "kind");
  return view.environments.map((name) => {
    const { source, known } = row.cells[name]!;
    return known && source && source !== `kind ${kinds?.cells[name]?.text}` ? source : "";
  });
}

/** Why something is unknown stands below the table, whole. */
function unknownLines(view: EnvironmentComparisonView): string[] {
  return view.rows.flatMap(({ label, cells }) =>
    Object.entries(cells)
      .filter(([, { known }]) => !known)
      .map(([name, { source }]) => `${label} of ${name} is unknown: ${source ?? "nothing says it"}`),
  );
}

function terminalRows(view: EnvironmentComparisonView, row: ComparedRow): string[][] {
  const cells = cellsOf(view, row);
  const shown = cells.map(({ text, known }) =>
    known ? shownText(text, WIDEST) : styled("yellow", shownText(text, WIDEST)),
  );
  const sources = sourcesOf(view, row).map((text) => shownText(text, WIDEST));
  const mark = row.differs ? styled("yellow", "≠") : " ";
  const first = [`${mark} ${row.label}`, ...shown];
  return sources.some(Boolean) ? [first, ["", ...sources.map((text) => styled("dim", text))]] : [first];
}

function terminalComparison(view: EnvironmentComparisonView): string {
  const rows = view.rows.flatMap((row) => terminalRows(view, row));
  return [
    table(["", ...view.environments], rows),
    ...unknownLines(view).map((line) => styled("yellow", line)),
  ].join("\n");
}

function markdownComparison(view: EnvironmentComparisonView): string {
  const rows = view.rows.map((row) => {
    const sources = sourcesOf(view, row);
    const cells = cellsOf(view, row).map(({ text }, at) =>
      [text, sources[at]!].filter(Boolean).map(markdownText).join("<br>"),
    );
    return [row.differs ? `**${markdownText(row.label)}**` : markdownText(row.label), ...cells];
  });
  const header = ["", ...view.environments.map(markdownText)];
  return [markdownTable(header, rows), ...unknownLines(view).map(markdownText)].join("\n\n");
}

export function renderEnvironmentComparison(
  view: EnvironmentComparisonView,
  { markdown }: { readonly markdown?: boolean },
): string {
  return markdown ? markdownComparison(view) : terminalComparison(view);
}
