/** Uses of secrets, counted by who, by secret or by environment, and what is unusual among them. Pure. */
import type { Grouping, SecretUseCount, UnusualSecretUse } from "../model/secret-use.ts";

/** One use that the record tells of. */
export interface SecretUse {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A person's name, or `os:<user>`. */
  readonly who: string;
  readonly host: string;
  readonly environment: string;
  /** `injected`: a process was given them; `opened`: a command read them for itself; `revealed`: it showed them. */
  readonly what: "injected" | "opened" | "revealed";
  /** A command's first word, or Ringfence's own command. */
  readonly command: string;
  readonly secrets: readonly string[];
}

/** What a use counts for: an environment's secret is another than the same name elsewhere. */
function keysOf(use: SecretUse, by: Grouping): readonly (readonly [key: string, name: string])[] {
  if (by === "person") return [[use.who, use.who]];
  if (by === "environment") return [[use.environment, use.environment]];
  return use.secrets.map((name) => [`${use.environment}\n${name}`, name]);
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

function count(name: string, uses: readonly SecretUse[]): SecretUseCount {
  const times = uses.map(({ at }) => at).sort();
  const of = (wanted: SecretUse["what"]) => uses.filter(({ what }) => what === wanted).length;
  return {
    name,
    injected: of("injected"),
    opened: of("opened"),
    revealed: of("revealed"),
    first: times[0]!,
    last: times.at(-1)!,
    people: distinct(uses.map(({ who }) => who)),
    environments: distinct(uses.map(({ environment }) => environment)),
    commands: distinct(uses.map(({ command }) => command)),
    hosts: distinct(uses.map(({ host }) => host)),
  };
}

/** Counts by name, in the order of names, then environments. */
export function countUses(uses: readonly SecretUse[], by: Grouping): SecretUseCount[] {
  const groups = new Map<string, { readonly name: string; readonly uses: SecretUse[] }>();
  for (const use of uses) {
    for (const [key, name] of keysOf(use, by)) {
      const group = groups.get(key) ?? { name, uses: [] };
      group.uses.push(use);
      groups.set(key, group);
    }
  }
  const order = ({ name, environments }: SecretUseCount) => `${name}\n${environments[0]}`;
  return [...groups.values()]
    .map((group) => count(group.name, group.uses))
    .sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/**
 * What had never been before, among all uses that are known.
 *
 * @param uses all of them, also the old ones: what came first is told by them
 * @param production names of the production environments
 */
export function unusualUses(uses: readonly SecretUse[], production: ReadonlySet<string>): UnusualSecretUse[] {
  const people = new Set<string>();
  const hosts = new Set<string>();
  const inOrder = uses
    .filter(({ environment }) => production.has(environment))
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  return inOrder.flatMap(({ at, who, host, environment, command }): UnusualSecretUse[] => {
    const [person, place] = [`${environment}\n${who}`, `${environment}\n${host}`];
    const isNew = !people.has(person);
    const isNewHost = !hosts.has(place);
    people.add(person);
    hosts.add(place);
    const use = { at, who, host, environment, command };
    if (isNew) return [{ ...use, first: "person" }];
    return isNewHost ? [{ ...use, first: "host" }] : [];
  });
}
