/** The matrix of settings and environments with its parity, for a terminal and as Markdown. */
import type { SettingsMatrixView } from "../../contract/comparison.ts";
import type { Deduction, MatrixCell, MatrixRow, Parity } from "../../model/comparison.ts";
import { labelled, styled, table } from "../style.ts";
import { countedFindings } from "./comparison.ts";
import { markdownCode, markdownTable, markdownText } from "./markdown.ts";
import { shownLines, shownText } from "./shown.ts";

const WIDEST_KEY = 44;
const WIDEST_VALUE = 28;
/** Of what lowers parity; `--json` has all. */
const MOST_DEDUCTIONS = 10;

function markOf({ differs, byDesign }: MatrixRow): string {
  if (!differs) return " ";
  return byDesign ? styled("dim", "≈") : styled("yellow", "≠");
}

function cellText(cell: MatrixCell): string {
  const { state, text, group, errors } = cell;
  switch (state) {
    case "missing":
      return styled(["red", "bold"], "MISSING");
    case "unset":
      return styled("dim", "–");
    case "unknown":
      return styled("yellow", "unknown");
    case "secret":
      return styled("yellow", `[secret ${group}]`);
    default: {
      const shown = shownText(text ?? "", WIDEST_VALUE);
      const from = state === "default" ? styled("dim", " (default)") : "";
      return `${shown}${from}${errors.length > 0 ? styled("red", " !") : ""}`;
    }
  }
}

function markdownCell({ state, text, group, errors }: MatrixCell): string {
  switch (state) {
    case "missing":
      return "**MISSING**";
    case "unset":
      return "–";
    case "unknown":
      return "*unknown*";
    case "secret":
      return `*secret ${group}*`;
    default: {
      const value = markdownCode(text ?? "") || "*empty*";
      const wrong = errors.length > 0 ? ` **${errors.map(markdownText).join(", ")}**` : "";
      return `${value}${state === "default" ? " *default*" : ""}${wrong}`;
    }
  }
}

function cellsOf({ environments }: SettingsMatrixView, { cells }: MatrixRow): readonly MatrixCell[] {
  return environments.map((name) => cells[name]!);
}

function deductionText({ why, environments, kind, weight }: Deduction): string {
  return `${why} (${environments.join(", ")}; ${kind}, −${weight})`;
}

/** The score, and as much of what lowers it as fits. */
export function parityText({ score, units }: Parity): string {
  return score === null
    ? "parity: nothing to compare"
    : `parity: ${score} of 100, over ${units} ${units === 1 ? "unit" : "units"}`;
}

function moreText({ deductions }: Parity): string[] {
  const more = deductions.length - MOST_DEDUCTIONS;
  return more > 0 ? [`and ${more} more: --json lists them all`] : [];
}

/** What lowers parity, heaviest first, as much of it as fits. */
export function deductionTexts(parity: Parity): string[] {
  return [
    ...parity.deductions
      .slice(0, MOST_DEDUCTIONS)
      .map((deduction) => labelled(`  ${styled("dim", "–")}`, shownLines(deductionText(deduction)), 4)),
    ...moreText(parity).map((line) => `    ${styled("dim", line)}`),
  ];
}

function findingTexts({ findings }: SettingsMatrixView): string[] {
  return Object.entries(findings)
    .filter(([, { errors }]) => errors > 0)
    .map(([name, count]) => `${name} has ${countedFindings(count)}: ringfence config check -e ${name}`);
}

function problemTexts({ problems }: Pick<SettingsMatrixView, "problems">): string[] {
  return problems.map(
    ({ environment, code, why }) => `${environment}'s secrets are unknown: ${code}, ${why}`,
  );
}

function shownRows({ rows, settings }: SettingsMatrixView): string {
  return `${rows.length} of ${settings} settings; ≠ differs, ≈ differs by design; [secret A]: the same letter is the same value`;
}

function terminalMatrix(view: SettingsMatrixView): string {
  const { parity } = view;
  const rows = view.rows.map((row) => [
    `${markOf(row)} ${shownText(row.key, WIDEST_KEY)}`,
    ...cellsOf(view, row).map(cellText),
  ]);
  return [
    ...(rows.length > 0 ? [table(["  setting", ...view.environments], rows)] : []),
    styled("dim", shownRows(view)),
    ...[...findingTexts(view), ...problemTexts(view)].map((line) => styled("yellow", line)),
    styled("bold", parityText(parity)),
    ...deductionTexts(parity),
  ].join("\n");
}

function markdownMatrix(view: SettingsMatrixView): string {
  const { parity } = view;
  const rows = view.rows.map((row) => [
    markdownCode(row.key),
    ...cellsOf(view, row).map(markdownCell),
    row.differs ? (row.byDesign ? `by design: ${markdownText(row.reason ?? "")}` : "differs") : "",
  ]);
  const list = parity.deductions
    .slice(0, MOST_DEDUCTIONS)
    .map((deduction) => `- ${markdownText(deductionText(deduction))}`);
  return [
    markdownTable(["setting", ...view.environments.map(markdownText), ""], rows),
    ...[...findingTexts(view), ...problemTexts(view)].map(markdownText),
    markdownText(parityText(parity)),
    ...(list.length > 0
      ? [[...list, ...moreText(parity).map((line) => `- ${markdownText(line)}`)].join("\n")]
      : []),
  ].join("\n\n");
}

export function renderMatrix(
  view: SettingsMatrixView,
  { markdown }: { readonly markdown?: boolean },
): string {
  return markdown ? markdownMatrix(view) : terminalMatrix(view);
}
