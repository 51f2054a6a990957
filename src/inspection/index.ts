/** The way into inspection: which files of a folder are configuration, and what they say about its environments. */
export { discover, type SourceFile } from "./discovery.ts";
export { inspect } from "./inspection.ts";
export type { Readers } from "./item.ts";
export { withoutControls } from "./shown-value.ts";
