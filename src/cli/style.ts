/** Text for people: colours where the stream is a terminal, aligned columns. No command's own words here. */
import { stripVTControlCharacters, styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Styled when standard output is a terminal (and NO_COLOR is not set). */
export function styled(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

/** Styled when standard error is a terminal. */
export function styledError(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stderr });
}

/** Columns that a text takes on a terminal, colours not counted. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Rows with aligned columns, two spaces between them; the header is dimmed. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? "")), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat(widths[column]! - widthOf(cell)),
      )
      .join("  ")
      .trimEnd();
  return [styled("dim", line(header)), ...rows.map(line)].join("\n");
}

/** Every line of a text behind a margin; the first behind the label. */
export function labelled(label: string, text: string, margin: number): string {
  const [first = "", ...rest] = text.split("\n");
  const indent = " ".repeat(margin);
  return [
    `${label}${" ".repeat(Math.max(1, margin - widthOf(label)))}${first}`,
    ...rest.map((line) => indent + line),
  ].join("\n");
}
