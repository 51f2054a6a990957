/** The page of `ringfence inspect`, for a terminal and as Markdown. */
import type { InspectionView } from "../../contract/inspection.ts";
import { styled, table } from "../style.ts";
import {
  footer,
  headline,
  NOTHING,
  parityText,
  praiseOf,
  type Section,
  sectionsOf,
  type Tone,
} from "./inspection-page.ts";

const TONES: Readonly<Record<Tone, readonly [format: Parameters<typeof styled>[0], mark: string]>> = {
  bad: ["red", "✗"],
  warn: ["yellow", "!"],
  good: ["green", "✓"],
  plain: ["cyan", "·"],
};

const MOST_FILES = 3;

/** The files of an environment; a long list is cut. */
function filesText(files: readonly string[], all: boolean): string {
  const shown = all ? files : files.slice(0, MOST_FILES);
  const more = files.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? `, ${more} more` : ""}`;
}

/** Rows of the table of environments; what lies under all and what is no environment's comes last. */
function rowsOf({ environments, files, page }: InspectionView): string[][] {
  const base = files.filter(({ role }) => role === "base");
  const rows = environments.map(({ name, keys, files: own }) => [
    name,
    String(keys),
    filesText(own, page.all),
  ]);
  if (base.length === 0) return rows;
  const keys = base.reduce((sum, file) => sum + file.keys, 0);
  return [
    ...rows,
    [
      "under all",
      String(keys),
      filesText(
        base.map(({ path }) => path),
        page.all,
      ),
    ],
  ];
}

function sectionText({ heading, tone, count, lines, folded, note }: Section): string {
  const [format, mark] = TONES[tone];
  return [
    `${styled("bold", heading)}  ${styled(format, String(count))}`,
    ...lines.flatMap(({ text, details }) => [
      `  ${styled(format, mark)} ${text}`,
      ...details.map((detail) => `      ${styled("dim", detail)}`),
    ]),
    ...(folded > 0 ? [styled("dim", `  … ${folded} more: --all`)] : []),
    ...(note ? [styled("dim", `  ${note}`)] : []),
  ].join("\n");
}

function terminalPage(view: InspectionView): string {
  const head = `${styled("bold", view.project)}  ${headline(view)}`;
  const rows = rowsOf(view);
  const parity = parityText(view);
  const praise = praiseOf(view).map((text) => `${styled("green", "✓")} ${text}`);
  return [
    head,
    ...(rows.length > 0 ? [table(["environment", "keys", "files"], rows)] : [NOTHING]),
    ...(praise.length > 0 ? [praise.join("\n")] : []),
    ...sectionsOf(view).map(sectionText),
    ...(parity ? [`${styled("bold", "Parity")}  ${parity}`] : []),
    [...footer(view), ...(view.next ? [`next: ${view.next}`] : [])]
      .map((text) => styled("dim", text))
      .join("\n"),
  ].join("\n\n");
}

/** Text as Markdown means it literally. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");
}

function sectionMarkdown({ heading, count, lines, folded, note }: Section): string {
  const items = lines.map(({ text, details }) => {
    const rest = details.map((detail) => `\n  <br>${plain(detail)}`).join("");
    return `- ${plain(text)}${rest}`;
  });
  return [
    `### ${heading} (${count})`,
    "",
    ...items,
    ...(folded > 0 ? [`- … ${folded} more: \`ringfence inspect --all\``] : []),
    ...(note ? ["", plain(note)] : []),
  ].join("\n");
}

function markdownPage(view: InspectionView): string {
  const rows = rowsOf(view).map((row) => `| ${row.map(plain).join(" | ")} |`);
  const parity = parityText(view);
  return [
    `## ${plain(view.project)}: ${plain(headline(view))}`,
    rows.length > 0
      ? ["| environment | keys | files |", "| --- | ---: | --- |", ...rows].join("\n")
      : NOTHING,
    ...praiseOf(view).map((text) => `✓ ${text}`),
    ...sectionsOf(view).map(sectionMarkdown),
    ...(parity ? [`**Parity** ${plain(parity)}`] : []),
    `<sub>${plain(footer(view).join(" "))} Made by \`ringfence inspect\`.</sub>`,
  ].join("\n\n");
}

export function renderInspection(view: InspectionView): string {
  return view.page.markdown ? markdownPage(view) : terminalPage(view);
}
