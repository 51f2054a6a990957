/** The way into inspection: which files of a folder are configuration, and what they say about its environments. */
export { discover, type SourceFile } from "./discovery.ts";
export { commentAt } from "./draft/doc-comment.ts";
export type { DraftLayer, DraftProject, LeftOut } from "./draft/draft.ts";
export { type FiledLayer, type Landing, landingOf, plainLayer } from "./draft/layers.ts";
export { manifestText } from "./draft/manifest-text.ts";
export { type InferredSchema, inferSchema, type SeenSetting } from "./draft/schema.ts";
export { inspect } from "./inspection.ts";
export type { Readers } from "./item.ts";
export { secretKind } from "./secret-shape.ts";
export { withoutControls } from "./shown-value.ts";
