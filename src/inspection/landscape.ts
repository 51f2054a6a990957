/** All keys of a project, ordered by environment: what each environment would get from its layers, part by part. */
import type { EnvironmentClass } from "../model/inspection.ts";
import { compareEnvironments } from "./environment-name.ts";
import type { Item } from "./item.ts";

export interface Known {
  readonly name: string;
  readonly class: EnvironmentClass;
}

/** One environment's keys of one part; the winning layer's item for each. */
export type Resolved = ReadonlyMap<string, Item>;

/** What several environments have of the same thing. */
export interface Group {
  /** For people: the unit's folder and the part; empty for the project itself. */
  readonly title: string;
  readonly unit: string;
  readonly part: string;
  /** Without an environment. */
  readonly base: readonly Item[];
  /** By environment: those that have keys of their own here. */
  readonly environments: ReadonlyMap<string, Resolved>;
}

export interface Landscape {
  readonly environments: readonly Known[];
  readonly groups: readonly Group[];
}

const isLayer = ({ file }: Item) => file.role === "environment" || file.role === "base";

function resolved(base: readonly Item[], own: readonly Item[]): Resolved {
  return new Map([...base, ...own].map((item) => [item.name, item]));
}

function groupOf(unit: string, part: string, items: readonly Item[]): Group {
  const base = items.filter(({ environment }) => environment === undefined);
  const names = new Set(items.flatMap(({ environment }) => environment?.name ?? []));
  const environments = new Map(
    [...names].map((name) => [
      name,
      resolved(
        base,
        items.filter(({ environment }) => environment?.name === name),
      ),
    ]),
  );
  const title = [unit, part].filter((text) => text !== "").join(": ");
  return { title, unit, part, base, environments };
}

/**
 * @param items in the order of layers: base before environments
 * @param named environments that have files, perhaps without a key
 */
export function landscapeOf(items: readonly Item[], named: readonly Known[]): Landscape {
  const known = new Map(named.map((one) => [one.name, one]));
  const grouped = new Map<string, Item[]>();
  for (const item of items.filter(isLayer)) {
    if (item.environment) known.set(item.environment.name, item.environment);
    const key = JSON.stringify([item.file.unit, item.part]);
    const group = grouped.get(key);
    if (group) group.push(item);
    else grouped.set(key, [item]);
  }
  const groups = [...grouped.values()].map((all) => groupOf(all[0]!.file.unit, all[0]!.part, all));
  return { environments: [...known.values()].sort(compareEnvironments), groups };
}

/**
 * Everything an environment would get, over all groups. What only a base has counts for every environment that has
 * files of its own in the same unit.
 */
export function itemsIn({ groups }: Landscape, environment: string): Item[] {
  const units = new Set(
    groups.filter(({ environments }) => environments.has(environment)).map(({ unit }) => unit),
  );
  return groups.flatMap((group) => {
    const own = group.environments.get(environment);
    if (own) return [...own.values()];
    return units.has(group.unit) ? [...resolved(group.base, []).values()] : [];
  });
}
