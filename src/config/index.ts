/** The way into configuration: parse layers, resolve an environment's settings, explain and check them. */
export type { LayerCache, LayerText, SecretEntry } from "./candidates.ts";
export { type KeyChange, type LayerChange, layerChanges } from "./changes.ts";
export type { Fingerprint, Side } from "./comparable.ts";
export { type ComparisonOptions, diffSettings } from "./diff.ts";
export { parseDotenv } from "./dotenv.ts";
export { type DotenvEdit, editDotenv } from "./dotenv-edit.ts";
export { type EditableLayer, editTreeLayer, type SettingEdit } from "./edit/layer-edit.ts";
export { withValue } from "./edit/yaml.ts";
export { configErrors } from "./errors.ts";
export { assertUsable, explain } from "./explain.ts";
export type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
export { filterMatrix, type MatrixFilter, type MatrixOptions, matrixOf } from "./matrix.ts";
export { parity } from "./parity.ts";
export { type Resolution, type ResolveInput, resolve } from "./resolve.ts";
export { parseJsonLayer, parseYamlLayer, settingName } from "./tree-layer.ts";
