/** Literal block scalars (`|`, `|-`, `|+`), as the line reader of YAML takes them (YAML 1.2.2, 8.1). */
import type { SourceNode } from "./source-tree.ts";
import { DECLINED, END, type YamlCursor } from "./source-yaml-cursor.ts";

const HEADER = /\|([-+]?) *(?:\n|$)/y;

/** Empty lines at the end are kept by `+`, all line ends there are dropped by `-`, one line end is left by neither. */
function chomped(lines: readonly string[], chomping: string): string {
  const all = lines.map((line) => `${line}\n`).join("");
  if (chomping === "+") return all;
  const stripped = all.replace(/\n+$/, "");
  return chomping === "-" || stripped === "" ? stripped : `${stripped}\n`;
}

/**
 * Reads the scalar whose bar stands at the cursor, and goes to the next line that says something else.
 *
 * @param column the indentation that its lines must go beyond
 */
export function literalScalar(cursor: YamlCursor, column: number): SourceNode {
  const place = cursor.place();
  HEADER.lastIndex = cursor.offset;
  const header = HEADER.exec(cursor.text);
  if (!header) throw DECLINED;
  const lines: string[] = [];
  let indent = END;
  while (cursor.startLine()) {
    const end = cursor.text.indexOf("\n", cursor.offset);
    const rest = cursor.text.slice(cursor.offset, end < 0 ? cursor.text.length : end);
    const spaces = cursor.indent;
    if (rest !== "" && spaces <= column) break;
    if (rest !== "" && indent === END) indent = spaces;
    // Blank lines that are deeper than the first line, and lines between the two indentations, are mistakes.
    if (indent === END ? spaces > column : rest !== "" && spaces < indent) throw DECLINED;
    lines.push(indent === END ? "" : " ".repeat(Math.max(0, spaces - indent)) + rest);
  }
  if (indent === END) throw DECLINED;
  if (cursor.indent !== END && cursor.isLineOver()) cursor.nextLine();
  const value = chomped(lines, header[1]!);
  return { kind: "scalar", value, text: value, place };
}
