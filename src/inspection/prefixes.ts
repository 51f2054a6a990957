/** Several environments in one file by prefixes: `DEV_API_KEY` beside `PROD_API_KEY`. */
import { environmentOf, type NamedEnvironment } from "./environment-name.ts";
import type { Item } from "./item.ts";

const PREFIX = /^(DEV|DEVELOPMENT|STAGING|STAGE|STG|TEST|QA|UAT|PROD|PRODUCTION|PRD|LIVE)_(.+)$/;

export interface Prefixed {
  readonly environment: NamedEnvironment;
  readonly rest: string;
}

/** The environment that a key's prefix names. */
export function prefixOf(key: string): Prefixed | undefined {
  const [, prefix, rest] = PREFIX.exec(key) ?? [];
  const environment = prefix === undefined ? undefined : environmentOf(prefix);
  return environment && { environment, rest: rest! };
}

/** Gives a key to the environment of its prefix where the same key stands with another environment's prefix. */
export function splitPrefixes(items: readonly Item[]): Item[] {
  const environments = new Map<string, Set<string>>();
  for (const { key, file } of items) {
    const prefixed = prefixOf(key);
    if (!prefixed || file.role === "example") continue;
    const known = environments.get(prefixed.rest) ?? new Set();
    environments.set(prefixed.rest, known.add(prefixed.environment.name));
  }
  return items.map((item) => {
    const prefixed = prefixOf(item.key);
    if (!prefixed || (environments.get(prefixed.rest)?.size ?? 0) < 2) return item;
    const { name, class: near } = prefixed.environment;
    return { ...item, name: prefixed.rest, environment: { name, class: near } };
  });
}
