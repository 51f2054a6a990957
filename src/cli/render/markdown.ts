/**
 * Tables and code in Markdown (GitHub's), whatever the text has in it. Secrets are redacted before anything is
 * escaped: afterwards they could no longer be recognised.
 */
import { redact } from "../../base/redact.ts";
import { shownText } from "./shown.ts";

const LONGEST_CODE = 80;
const LONGEST_TEXT = 400;

const entity = (character: string): string => `&#${character.codePointAt(0)};`;

/** Text that means nothing but itself, also in a table. An underscore inside a word is one already. */
export function markdownText(text: string): string {
  return shownText(redact(text), LONGEST_TEXT)
    .replace(/[\\|<&]/g, entity)
    .replace(/[`*[\]~]|(?<!\w)_|_(?!\w)/g, (mark) => `\\${mark}`);
}

/** A value as code. A code span knows no escape for `|` or a backtick: such a value is written with entities. */
export function markdownCode(text: string): string {
  const shown = shownText(redact(text), LONGEST_CODE);
  if (shown === "") return "";
  const plain = /^[^|`\\]+$/.test(shown) && shown.trim() === shown;
  return plain ? `\`${shown}\`` : `<code>${shown.replace(/[^\w .:/-]/gu, entity)}</code>`;
}

/** Cells are Markdown already. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
