/** The proof of isolation: the pairs with their verdicts, what is shared, and what was compared; also as Markdown. */
import type { IsolationView } from "../../contract/isolation.ts";
import type {
  ComparedParts,
  Contamination,
  IsolatedPair,
  IsolationVerdict,
  SharedKind,
  UnknownPart,
} from "../../model/isolation.ts";
import { labelled, styled, table } from "../style.ts";
import { counted } from "./check.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { shownLines, shownText } from "./shown.ts";

const COLOURS = { isolated: "green", contaminated: "red", unknown: "yellow" } as const;
const MARKS = { isolated: "✓", contaminated: "✗", unknown: "?" } as const;

function verdictText(verdict: IsolationVerdict): string {
  return styled(COLOURS[verdict], `${MARKS[verdict]} ${verdict}`);
}

function verdictOf({ pairs }: IsolationView, a: string, b: string): IsolationVerdict | undefined {
  return pairs.find(({ between }) => between.includes(a) && between.includes(b))?.verdict;
}

/** Each pair once: rows are the earlier environments, columns the later ones. */
function matrix(view: IsolationView, cell: (verdict: IsolationVerdict) => string): string[][] {
  const columns = view.environments.slice(1);
  const rows = view.environments.slice(0, -1).map((a, at) => [
    a,
    ...columns.map((b, column) => {
      const verdict = column >= at ? verdictOf(view, a, b) : undefined;
      return verdict === undefined ? "" : cell(verdict);
    }),
  ]);
  // With one environment selected, some rows have no pair.
  return rows.filter((row) => row.slice(1).some((text) => text !== ""));
}

function contaminationText({ code, why, places, fix, excused }: Contamination): string {
  const [colour, word] = excused ? (["dim", "excused"] as const) : (["red", "error"] as const);
  const lines = [
    `${styled(colour, word)} ${styled("dim", code)} ${shownLines(why)}`,
    ...places.map(({ environment, where }) => labelled("  where", shownText(`${where} (${environment})`), 9)),
  ];
  const end = excused
    ? labelled("  since", shownLines(`${excused.reason}, until ${excused.until} (${excused.where})`), 9)
    : labelled("  fix", shownLines(fix), 9);
  return [...lines, end].join("\n");
}

/** What is unknown of an environment, once for all its pairs. */
function unknownParts({ pairs }: IsolationView): UnknownPart[] {
  const parts = pairs.flatMap(({ unknown }) => unknown);
  const seen = new Map(parts.map((part) => [JSON.stringify([part.environment, part.where, part.why]), part]));
  return [...seen.values()];
}

function unknownText({ environment, where, why, fix }: UnknownPart): string {
  return [
    `${styled("yellow", "unknown")} ${environment}: ${shownLines(why)}`,
    labelled("  where", shownText(where), 9),
    labelled("  fix", shownLines(fix), 9),
  ].join("\n");
}

function noteLines({ between, notes }: IsolatedPair): string[] {
  return notes.map((note) => styled("dim", `note ${between.join(" and ")}: ${shownLines(note)}`));
}

/** What the sorts are called where they are counted, if that is another word. */
const COUNTED: Readonly<Partial<Record<SharedKind, string>>> = { cron: "slot", firewall: "firewall rule" };

function partsText({ parts }: ComparedParts): string {
  const all = (Object.entries(parts) as [SharedKind, number][]).map(([kind, count]) =>
    counted(count, COUNTED[kind] ?? kind),
  );
  return all.length > 0 ? all.join(", ") : "nothing";
}

function comparedLines({ compared }: IsolationView): string[] {
  return compared.flatMap((one) => [
    `compared of ${one.environment}: ${partsText(one)}`,
    ...(one.weak.length > 0 ? [`  too short or too common to compare: ${one.weak.join(", ")}`] : []),
  ]);
}

function plainText({ compared }: IsolationView): string {
  const shares = compared.map(({ environment, plain, settings }) => `${environment} ${plain} of ${settings}`);
  return `not compared, as they name nothing that is one environment's own: settings of ${shares.join(", ")}`;
}

function summaryText({ verdict, pairs }: IsolationView): string {
  const count = (wanted: IsolationVerdict) => pairs.filter((pair) => pair.verdict === wanted).length;
  const of = (["isolated", "contaminated", "unknown"] as const)
    .filter((one) => count(one) > 0)
    .map((one) => `${count(one)} ${one}`);
  return styled(
    COLOURS[verdict],
    `${counted(pairs.length, "pair")}: ${of.length > 0 ? of.join(", ") : "none"}`,
  );
}

function exceptionLines({ exceptions }: IsolationView): string[] {
  return exceptions.map(({ code, where, why, fix }) => {
    const severity = code === "ISOLATION_EXPIRED" ? styled("yellow", "warning") : styled("cyan", "advice");
    return [
      `${severity} ${styled("dim", code)} ${shownLines(why)}`,
      labelled("  where", shownText(where), 9),
      labelled("  fix", shownLines(fix), 9),
    ].join("\n");
  });
}

function terminalProof(view: IsolationView): string {
  const rows = matrix(view, verdictText);
  return [
    ...(rows.length > 0 ? [table(["", ...view.environments.slice(1)], rows)] : []),
    ...view.pairs.flatMap(({ contaminations }) => contaminations.map(contaminationText)),
    ...unknownParts(view).map(unknownText),
    ...exceptionLines(view),
    ...view.pairs.flatMap(noteLines),
    ...[...comparedLines(view), plainText(view)].map((line) => styled("dim", shownLines(line))),
    summaryText(view),
  ].join("\n");
}

function markdownProof(view: IsolationView): string {
  const rows = matrix(view, (verdict) => (verdict === "isolated" ? "isolated" : `**${verdict}**`));
  const shared = view.pairs
    .flatMap(({ contaminations }) => contaminations)
    .map(({ why, places, fix, excused }) => {
      const [a, b] = places.map(({ where }) => markdownText(where));
      const end = excused ? `${excused.reason}, until ${excused.until}` : fix;
      return [markdownText(why), `${a}<br>${b}`, markdownText(end)];
    });
  const open = unknownParts(view).map(
    ({ environment, why }) => `- ${markdownText(`${environment}: ${why}`)}`,
  );
  const compared = comparedLines(view).map((line) => `- ${markdownText(line.trim())}`);
  return [
    markdownTable(["", ...view.environments.slice(1)].map(markdownText), rows),
    ...(shared.length > 0 ? ["### Shared", markdownTable(["what", "where", "fix"], shared)] : []),
    ...(open.length > 0 ? ["### Unknown", open.join("\n")] : []),
    "### Compared",
    [...compared, `- ${markdownText(plainText(view))}`].join("\n"),
  ].join("\n\n");
}

export function renderIsolation(view: IsolationView, { markdown }: { readonly markdown?: boolean }): string {
  return markdown ? markdownProof(view) : terminalProof(view);
}
