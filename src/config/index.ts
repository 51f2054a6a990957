/** The way into configuration: parse layers, resolve an environment's settings, explain and check them. */
export { type LayerCache, type LayerText, parseLayer, type SecretEntry } from "./candidates.ts";
export { type KeyChange, type LayerChange, layerChanges } from "./changes.ts";
export type { Fingerprint, Side } from "./comparable.ts";
export { type ComparisonOptions, diffSettings } from "./diff.ts";
export { parseDotenv } from "./dotenv.ts";
export { type DotenvEdit, editDotenv } from "./dotenv-edit.ts";
export { editLayer, type LayerEdit } from "./edit/edit-layer.ts";
export { type EditableLayer, editTreeLayer, type SettingEdit } from "./edit/layer-edit.ts";
export { typedText, type WrittenValue } from "./edit/written-value.ts";
export { withValue } from "./edit/yaml.ts";
export { configErrors } from "./errors.ts";
export { assertUsable, explain } from "./explain.ts";
export { entryIn, layerToSet, ownLayersSetting } from "./layer-choice.ts";
export type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
export { filterMatrix, type MatrixFilter, type MatrixOptions, matrixOf } from "./matrix.ts";
export { parity } from "./parity.ts";
export { type Resolution, type ResolveInput, resolve } from "./resolve.ts";
export { parseJsonLayer, parseYamlLayer, settingName } from "./tree-layer.ts";
