/** What environments of the same part have and lack: missing keys, other types, values to fill in, other values; and their parity. */

import { formatPlace } from "../base/place.ts";
import { isPlaceholder } from "../model/credential-text.ts";
import type { Difference, ExampleGap, KeyPlace, MissingKey, Parity, Unfilled } from "../model/inspection.ts";
import type { Item } from "./item.ts";
import type { Group, Landscape, Resolved } from "./landscape.ts";
import { isReference } from "./secret-shape.ts";
import { shownName, shownValue } from "./shown-value.ts";

export interface Comparison {
  readonly missing: readonly MissingKey[];
  readonly differences: readonly Difference[];
  readonly unfilled: readonly Unfilled[];
  readonly parity: Parity | null;
}

/** What an environment without a file of its own gets. */
const BASE = "base";

export function placeOfItem(item: Item, environment: string | null): KeyPlace {
  return { environment, key: shownName(item.key), where: formatPlace(item.place) };
}

/** Environments that can be compared in a group; one machine's own file is not expected to be complete. */
function comparable(group: Group, { environments }: Landscape): [string, Resolved][] {
  const columns = environments
    .filter(({ name, class: near }) => near !== "local" && group.environments.has(name))
    .map(({ name }): [string, Resolved] => [name, group.environments.get(name)!]);
  if (columns.length !== 1 || group.base.length === 0) return columns;
  return [[BASE, new Map(group.base.map((item) => [item.name, item]))], ...columns];
}

type Type = "empty" | "elsewhere" | "switch" | "number" | "text";

function typeOf({ text, reference }: Item): Type {
  if (reference || isReference(text) || isPlaceholder(text)) return "elsewhere";
  if (text === "") return "empty";
  if (/^(?:true|false|yes|no|on|off)$/i.test(text)) return "switch";
  return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? "number" : "text";
}

function typesDiffer(items: readonly Item[]): boolean {
  const types = items.map(typeOf).filter((type) => type !== "elsewhere" && type !== "empty");
  return new Set(types).size > 1 && !/VERSION|TAG|PASSWORD|SECRET|TOKEN/i.test(items[0]!.name);
}

function isUnfilled(item: Item, others: readonly Item[]): Unfilled["kind"] | undefined {
  if (item.reference) return undefined;
  if (isPlaceholder(item.text)) return "placeholder";
  return item.text === "" && others.some(({ text }) => text !== "") ? "empty" : undefined;
}

interface Row {
  readonly name: string;
  readonly present: readonly (readonly [environment: string, item: Item])[];
  readonly missing: readonly string[];
}

function rowsOf(columns: readonly (readonly [string, Resolved])[]): Row[] {
  const names = [...new Set(columns.flatMap(([, resolved]) => [...resolved.keys()]))];
  return names.map((name) => ({
    name,
    present: columns.flatMap(([environment, resolved]) => {
      const item = resolved.get(name);
      return item ? [[environment, item] as const] : [];
    }),
    missing: columns.filter(([, resolved]) => !resolved.has(name)).map(([environment]) => environment),
  }));
}

function missingOf(row: Row, part: string): MissingKey {
  return {
    key: shownName(row.name),
    part,
    present: row.present.map(([environment, item]) => placeOfItem(item, environment)),
    missing: row.missing,
  };
}

function differenceOf({ name, present }: Row, part: string): Difference | undefined {
  const items = present.map(([, item]) => item);
  const filled = items.filter((item) => typeOf(item) !== "elsewhere");
  if (new Set(filled.map(({ text }) => text)).size < 2) return undefined;
  const values = present.map(([environment, item]) => ({
    ...placeOfItem(item, environment),
    shown: item.reference ? "a reference" : shownValue(item.key, item.text),
  }));
  return { key: shownName(name), part, types: typesDiffer(items), values };
}

function compareGroup(columns: readonly (readonly [string, Resolved])[], title: string) {
  const rows = rowsOf(columns);
  const unfilled = rows.flatMap(({ present }) =>
    present.flatMap(([environment, item]): Unfilled[] => {
      const kind = isUnfilled(
        item,
        present.map(([, other]) => other),
      );
      return kind && environment !== BASE ? [{ ...placeOfItem(item, environment), kind }] : [];
    }),
  );
  const together = columns.length > 1 ? rows : [];
  return {
    cells: together.length * columns.length,
    unfilled,
    missing: together.filter(({ missing }) => missing.length > 0).map((row) => missingOf(row, title)),
    differences: together.flatMap((row) => differenceOf(row, title) ?? []),
  };
}

/** Rounded down, so that 100 is only said of what agrees in everything. */
function parityOf(
  environments: readonly string[],
  cells: number,
  lacking: Omit<Parity, "percent" | "environments" | "compared">,
): Parity {
  const lost = lacking.missing + lacking.types + lacking.unfilled;
  const percent = Math.max(0, Math.floor((100 * (cells - lost)) / cells));
  return { percent, environments, compared: cells, ...lacking };
}

export function compare(landscape: Landscape): Comparison {
  const groups = landscape.groups.map((group) => ({ group, columns: comparable(group, landscape) }));
  const results = groups.map(({ group, columns }) => ({ columns, ...compareGroup(columns, group.title) }));
  const compared = results.filter(({ cells }) => cells > 0);
  const missing = results.flatMap((result) => result.missing);
  const differences = results.flatMap((result) => result.differences);
  const cells = compared.reduce((sum, result) => sum + result.cells, 0);
  const names = [...new Set(compared.flatMap(({ columns }) => columns.map(([name]) => name)))];
  const lacking = {
    missing: missing.reduce((sum, { missing: names }) => sum + names.length, 0),
    types: differences.filter(({ types }) => types).length,
    unfilled: compared.reduce((sum, result) => sum + result.unfilled.length, 0),
  };
  return {
    missing,
    differences,
    unfilled: results.flatMap((result) => result.unfilled),
    parity: cells > 0 ? parityOf(names, cells, lacking) : null,
  };
}

/** Keys that only the example has, or that it does not tell of. Compared with the `.env` files of the same unit. */
export function exampleGaps(items: readonly Item[]): ExampleGap[] {
  const dotenv = items.filter(({ file }) => file.format === "dotenv" && file.role !== "other");
  const examples = dotenv.filter(({ file }) => file.role === "example");
  const units = [...new Set(examples.map(({ file }) => file.unit))];
  return units.flatMap((unit) => {
    const here = dotenv.filter(({ file }) => file.unit === unit);
    const told = new Map(here.filter(({ file }) => file.role === "example").map((item) => [item.key, item]));
    const set = new Map(here.filter(({ file }) => file.role !== "example").map((item) => [item.key, item]));
    if (set.size === 0) return [];
    const example = [...told.values()][0]!.file.path;
    const gap = (item: Item, kind: ExampleGap["gap"]): ExampleGap => ({
      key: shownName(item.key),
      example,
      gap: kind,
      where: formatPlace(item.place),
    });
    return [
      ...[...told].filter(([key]) => !set.has(key)).map(([, item]) => gap(item, "unused")),
      ...[...set].filter(([key]) => !told.has(key)).map(([, item]) => gap(item, "undocumented")),
    ];
  });
}
