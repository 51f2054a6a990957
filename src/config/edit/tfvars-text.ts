/** Texts and values as HCL literals, and back (hclsyntax/spec.md: Template Expressions, Quoted and Heredoc). Pure. */
import type { SettingValue } from "../../model/setting.ts";

export const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;

/** With the line ends inside it, and without the one behind its end mark. */
export const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n(?:[^\n]*\n)*?[ \t]*\1(?=\r?(?:\n|$))/uy;

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** `$${` and `%%{` stand for what would otherwise begin a template. */
function withoutMarks(text: string): string {
  return text.replace(/(\$|%)\1\{/g, "$1{");
}

export function quotedText(quoted: string): string {
  const plain = quoted.slice(1, -1).replace(ESCAPE, (_, short, long, char) => {
    const code = Number.parseInt(short ?? long ?? "", 16);
    // Beyond Unicode there is no character; the replacement character can't be taken for what was meant.
    return Number.isNaN(code)
      ? (ESCAPES[char] ?? char)
      : code > 0x10ffff
        ? "\ufffd"
        : String.fromCodePoint(code);
  });
  return withoutMarks(plain);
}

/** The lines, each with its line feed; with `<<-` without the margin that they share. */
export function heredocText(heredoc: string): string {
  const lines = heredoc.replaceAll("\r\n", "\n").split("\n").slice(1, -1);
  const margins = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const margin = heredoc.startsWith("<<-") ? Math.min(...margins) : 0;
  return withoutMarks(lines.map((line) => `${line.slice(margin)}\n`).join(""));
}

function stringText(text: string): string {
  // HCL knows fewer escapes than JSON.
  const quoted = JSON.stringify(text).replace(/\\[\s\S]/g, (escaped) =>
    escaped === "\\b" ? "\\u0008" : escaped === "\\f" ? "\\u000c" : escaped,
  );
  return quoted.replace(/(\$|%)(?=\{)/g, "$1$1");
}

export function tfvarsKey(key: string): string {
  return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key) ? key : stringText(key);
}

/** On one line: `{ a = 1, b = ["x"] }`. */
export function tfvarsText(value: SettingValue): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(tfvarsText).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, one]) => `${tfvarsKey(key)} = ${tfvarsText(one)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
