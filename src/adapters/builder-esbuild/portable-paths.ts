/**
 * Names in a bundle that say where it was built are replaced by names that are the same everywhere, so that one
 * commit gives one artifact. Pure: works on esbuild's input names and on text.
 */
import { isAbsolute, posix, resolve } from "node:path";
import { isInside } from "../../base/folder.ts";

/** A folder outside the checkout that a bundle may take files from, and what to call it. */
export interface Origin {
  /** Absolute, real path. */
  readonly folder: string;
  readonly name: string;
}

const PACKAGES = "/node_modules/";
/** Stands before the name of a file that a package's `browser` field replaces by nothing. */
const DISABLED = "(disabled):";

/**
 * The portable name of an input, itself when it lies in the checkout, undefined when it may not be taken in.
 *
 * @param input as esbuild names it: relative to the checkout, or with a namespace.
 */
export function portableName(
  input: string,
  checkout: string,
  origins: readonly Origin[],
): string | undefined {
  if (input.startsWith(DISABLED)) {
    const name = portableName(input.slice(DISABLED.length), checkout, origins);
    return name === undefined ? undefined : DISABLED + name;
  }
  if (!input.startsWith("../") && !isAbsolute(input)) return input;
  const full = resolve(checkout, input).replaceAll("\\", "/");
  const origin = origins.find(({ folder }) => isInside(folder, full));
  if (origin) return posix.join(origin.name, full.slice(origin.folder.length));
  const at = full.indexOf(PACKAGES);
  return at < 0 ? undefined : full.slice(at + 1);
}

/**
 * Bundled code with input names replaced where esbuild writes them: alone in a comment above each module, and as
 * the name of a wrapped CommonJS or lazily started module. Lines keep their number.
 */
export function renameInCode(code: string, names: ReadonlyMap<string, string>): string {
  return code
    .split("\n")
    .map((line) => {
      const comment = /^( *\/\/ )(.+)$/.exec(line);
      if (comment) return comment[1]! + (names.get(comment[2]!) ?? comment[2]!);
      const wrapper = /^( *(?:async )?)("(?:[^"\\]|\\.)+")(\(.*\) \{)$/.exec(line);
      if (!wrapper) return line;
      const name = names.get(JSON.parse(wrapper[2]!) as string);
      return name === undefined ? line : wrapper[1]! + JSON.stringify(name) + wrapper[3]!;
    })
    .join("\n");
}

/** A source map (ECMA-426) with its sources renamed. */
export function renameInMap(map: string, names: ReadonlyMap<string, string>): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => names.get(source) ?? source) });
}
