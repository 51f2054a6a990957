/**
 * `npm run bench -- NAME [--json]`: runs `bench/NAME.ts` and prints its rows. A benchmark measures both sides in turn
 * in one run; the ratio between them says more than either number.
 */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import type { Row } from "./row.ts";

/** What benchmarks share. */
const PARTS = [
  "encrypted-project.ts",
  "generated-project.ts",
  "scrub-texts.ts",
  "main.ts",
  "other-tools.ts",
  "processes.ts",
  "row.ts",
];

const names = readdirSync(fileURLToPath(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(".ts") && !PARTS.includes(file))
  .map((file) => file.slice(0, -3));

function table(rows: readonly Row[]): string {
  const head = ["metric", "value", "against", "ratio", "limit", ""];
  const cells = rows.map((row) => [
    row.metric,
    `${row.value.toFixed(2)} ${row.unit}`,
    row.against,
    row.ratio === null ? "" : `${row.ratio.toFixed(2)} ×`,
    row.limit === null ? "" : `${row.limit} ${row.ratio === null ? row.unit : "×"}`,
    row.holds === null ? "" : row.holds ? "holds" : "BROKEN",
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return [styleText("bold", line(head)), ...cells.map(line)].join("\n");
}

async function main(words: readonly string[]): Promise<number> {
  const json = words.includes("--json");
  const name = words.find((word) => !word.startsWith("-"));
  if (!name || !names.includes(name) || !existsSync(new URL(`./${name}.ts`, import.meta.url))) {
    console.error(`usage: npm run bench -- NAME [--json]\n  NAME is one of ${names.join(", ")}`);
    return 2;
  }
  const { rows }: { rows: () => Promise<readonly Row[]> } = await import(`./${name}.ts`);
  const found = await rows();
  console.log(json ? JSON.stringify(found, null, 2) : table(found));
  return found.some(({ holds }) => holds === false) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
