/** Renders docs/errors.md from the error catalogues. Pure: reading the catalogues belongs to generate.ts. */
import { type ErrorKind, EXIT } from "../src/base/error.ts";

/** The errors of one room. */
export interface ErrorRoom {
  /** Its folder, such as `src/config`. */
  readonly room: string;
  readonly kinds: Readonly<Record<string, ErrorKind>>;
}

const EXIT_MEANS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  failed: "failed",
  usage: "the command line is wrong",
  findings: "a check has findings that are errors",
  refused: "a guard or gate refused",
  locked: "someone else holds the environment",
  undecryptable: "a secret could not be decrypted or is not what was signed",
  notPermitted: "who acts may not do this",
  limited: "a limit of the environment ended the command",
  notExecutable: "`run`: the command can't be executed, as shells say it",
  notFound: "`run`: the command was not found, as shells say it",
  interrupted: "interrupted",
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

/** The whole page. Rooms stand in the order given, codes sorted. */
export function errorsPage(rooms: readonly ErrorRoom[]): string {
  const exits = Object.entries(EXIT).map(([name, code]) => [
    String(code),
    EXIT_MEANS[name as keyof typeof EXIT],
  ]);
  const codes = `\n## Exit codes\n\n\`ringfence run\` passes its child's own code through.\n\n${table(["code", "means"], exits)}`;
  return INTRODUCTION + codes + rooms.map(section).join("");
}
