/**
 * Draws a terminal session as SVG, for the README: `node scripts/picture.ts < session.txt > docs/terminal.svg`.
 * Understands the colours that `util.styleText` writes; nothing else of a terminal.
 */
import { readFileSync } from "node:fs";

const CELL = { width: 8.4, height: 19 };
const MARGIN = 20;
const BAR = 34;
const COLOURS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "36": "#79c0ff",
};

interface Run {
  readonly text: string;
  readonly colour: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A line as runs of one look each. */
function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let look: Omit<Run, "text"> = { colour: undefined, bold: false, dim: false };
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
    if (code === undefined) {
      if (part !== "") runs.push({ ...look, text: part });
    } else if (code === "0") look = { colour: undefined, bold: false, dim: false };
    else if (code === "39") look = { ...look, colour: undefined };
    else if (code === "1") look = { ...look, bold: true };
    else if (code === "2") look = { ...look, dim: true };
    else if (code === "22") look = { ...look, bold: false, dim: false };
    else look = { ...look, colour: COLOURS[code] };
  }
  return runs;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function spanOf({ text, colour, bold, dim }: Run): string {
  const looks = [
    colour ? ` fill="${colour}"` : dim ? ' fill="#8b949e"' : "",
    bold ? ' font-weight="bold"' : "",
  ];
  return `<tspan${looks.join("")}>${escaped(text)}</tspan>`;
}

function drawing(session: string): string {
  const lines = session.trimEnd().split("\n").map(runsOf);
  const columns = Math.max(...lines.map((runs) => runs.reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + BAR + MARGIN;
  const rows = lines.map((runs, at) => {
    const y = BAR + (at + 1) * CELL.height - 5;
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${runs.map(spanOf).join("")}</text>`;
  });
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, at) => `<circle cx="${MARGIN + at * 18}" cy="17" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal session">`,
    `<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

process.stdout.write(drawing(readFileSync(0, "utf8")));
