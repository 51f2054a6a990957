/**
 * Finds the files that a JavaScript or TypeScript text names by a relative path. A scan, no parser: what stands in a
 * comment is found too, which binds trust to one file more; what is put together at run time is not found.
 */

const QUOTED = String.raw`\s*(["'\x60])(\.{1,2}/[^"'\x60]*?)\1`;

const FORMS: readonly RegExp[] = [
  // import … from, export … from
  new RegExp(String.raw`\bfrom${QUOTED}`, "g"),
  // import "./side-effect.ts", import("./later.ts"), import.meta.resolve("./data.json")
  new RegExp(String.raw`\bimport(?:\.meta\.resolve)?\s*\(?${QUOTED}`, "g"),
  new RegExp(String.raw`\brequire(?:\.resolve)?\s*\(${QUOTED}`, "g"),
  // new URL("./worker.js", import.meta.url)
  new RegExp(String.raw`\bURL\s*\(${QUOTED}`, "g"),
];

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** True for a file whose imports are followed. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path);
}

/** The relative paths in a text, as written but without `?` and `#`, each once. */
export function relativeImports(text: string): string[] {
  const found = FORMS.flatMap((form) => [...text.matchAll(form)].map((match) => match[2]!));
  return [...new Set(found.map((path) => path.replace(/[?#].*$/s, "")))];
}
