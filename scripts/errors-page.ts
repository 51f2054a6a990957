/** Renders docs/errors.md from the error catalogues. Pure: reading the catalogues belongs to generate.ts. */
import { type ErrorKind, EXIT } from "../src/base/error.ts";

/** The errors of one room. */
export interface ErrorRoom {
  /** Its folder, such as `src/config`. */
  readonly room: string;
  readonly kinds: Readonly<Record<string, ErrorKind>>;
}

const EXIT_MEANS: Readonly<Record<number, string>> = {
  0: "done",
  1: "failed",
  2: "the command line is wrong, or what it names is not there",
  3: "a check has findings that are errors",
  10: "a guard or gate refused",
  11: "someone else holds the environment",
  12: "a secret could not be decrypted, or is not what was signed",
  13: "who acts may not do this",
  126: "`run`: the command can't be executed",
  127: "`run`: there is no such command",
  130: "interrupted",
};

const INTRODUCTION = `# Errors

Generated from the error catalogues (\`src/**/errors.ts\`) by \`npm run generate\`; do not edit.

Every error has a stable code. On the command line it says what happened, where, why and what mends it; with
\`--json\` the same is one JSON object on standard error, and the HTTP API answers it with the status named here.
_Retryable_: the same call may succeed later without any change.
`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

function section({ room, kinds }: ErrorRoom): string {
  const rows = Object.entries(kinds)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { summary, exit, http, retryable }]) => [
      `\`${code}\``,
      summary,
      String(exit),
      String(http),
      retryable ? "yes" : "no",
    ]);
  return `\n## ${room.replace("src/", "")}\n\n${table(["code", "when", "exit", "HTTP", "retryable"], rows)}`;
}

function exitRow(code: number): readonly string[] {
  const meaning = EXIT_MEANS[code];
  if (meaning === undefined)
    throw new Error(`scripts/errors-page.ts does not say what exit code ${code} means`);
  return [String(code), meaning];
}

/** The whole page. Rooms stand in the order given, codes sorted. */
export function errorsPage(rooms: readonly ErrorRoom[]): string {
  const codes = table(["code", "means"], Object.values(EXIT).map(exitRow));
  const exits = `\n## Exit codes\n\n\`ringfence run\` passes its child's own code through.\n\n${codes}`;
  return INTRODUCTION + exits + rooms.map(section).join("");
}
