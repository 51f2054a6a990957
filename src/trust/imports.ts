/**
 * Finds what a JavaScript or TypeScript text names to be loaded. A scan, no parser: what stands in a comment is found
 * too, which binds trust to one file more; what is put together at run time is not found.
 */

/** White space and comments. No two of its branches begin alike, so that it can't take long. */
const GAP = String.raw`(?:\s|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*`;
const QUOTED = String.raw`${GAP}(["'\x60])([^"'\x60\n]+?)\1`;

const FORMS: readonly RegExp[] = [
  // import … from, export … from
  new RegExp(String.raw`\bfrom${QUOTED}`, "g"),
  // import "./side-effect.ts", import("./later.ts"), import.meta.resolve("./data.json")
  new RegExp(String.raw`\bimport(?:\.meta\.resolve)?${GAP}\(?${QUOTED}`, "g"),
  new RegExp(String.raw`\brequire(?:\.resolve)?${GAP}\(${QUOTED}`, "g"),
  // new URL("./worker.js", import.meta.url)
  new RegExp(String.raw`\bURL${GAP}\(${QUOTED}`, "g"),
];

const SCRIPT = /\.[cm]?[jt]sx?$/;

/** True for a file whose imports are followed. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path);
}

/** True for a path that is relative to the file that names it. */
export function isRelative(specifier: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(specifier);
}

/** What a text loads, paths and packages' names, as written but without a path's `?` and `#`, each once. */
export function importsIn(text: string): string[] {
  const found = FORMS.flatMap((form) => [...text.matchAll(form)].map((match) => match[2]!));
  return [...new Set(found.map((name) => (isRelative(name) ? name.replace(/[?#].*$/, "") : name)))];
}
