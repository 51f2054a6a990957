/** Which statement of a TOML text is about a path of keys. */
import type { TomlPair, TomlStatement } from "../../model/source-toml-outline.ts";
import type { Braces } from "./braces.ts";

export function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((key, index) => path[index] === key);
}

export function isAt(one: TomlStatement, path: readonly string[]): boolean {
  return one.path.length === path.length && startsWith(one.path, path);
}

/** Of a pair whose value is a table in braces. */
export function bracesOf({ value: { from, to, pairs } }: TomlPair): Braces | undefined {
  return pairs && { open: from, close: to - 1, items: pairs.map(({ span }) => span) };
}
