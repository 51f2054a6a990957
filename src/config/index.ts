/** The way into configuration: parse layers, resolve an environment's settings, explain and check them. */
export { type LayerCache, type LayerText, parseLayer, type SecretEntry } from "./candidates.ts";
export { type KeyChange, type LayerChange, layerChanges } from "./changes.ts";
export type { Fingerprint, Side } from "./comparable.ts";
export { type ComparisonOptions, diffSettings } from "./diff.ts";
export { parseDotenv } from "./dotenv.ts";
export { type DotenvEdit, editDotenv } from "./dotenv-edit.ts";
export { editLayer, type LayerEdit } from "./edit/edit-layer.ts";
export { type EditableLayer, editTreeLayer, type SettingEdit } from "./edit/layer-edit.ts";
export { linesNaming, renameInExpectations, renameInLayer, renameInManifest } from "./edit/setting-rename.ts";
export { type PartNames, splitUrl, URL_PARTS, type UrlPart } from "./edit/url-split.ts";
export { meaningOf, typedText, type WrittenValue } from "./edit/written-value.ts";
export { withValue } from "./edit/yaml.ts";
export type { Renaming } from "./edit/yaml-rename.ts";
export { withoutListItem, withoutValue } from "./edit/yaml-without.ts";
export { configErrors } from "./errors.ts";
export { checkExpectations, expectationFindings } from "./expectations.ts";
export { assertUsable, explain } from "./explain.ts";
export { secretReference } from "./export/ecs.ts";
export { type ExportedSetting, exportedSetting } from "./export/exported-setting.ts";
export { EXPORT_FORMATS, type ExportFormat, exportSettings } from "./export/formats.ts";
export { type Fix, fixedText, fixesFor, fixWords } from "./fixes.ts";
export { removedInPhase, settingsOfPhase, withReferences } from "./handed-over.ts";
export { settingsJsonSchema } from "./json-schema.ts";
export { entryIn, layerToSet, ownLayersSetting } from "./layer-choice.ts";
export { type LayerEntry, type ParsedLayer, SETTING_NAME } from "./layer-entry.ts";
export { filterMatrix, type MatrixFilter, type MatrixOptions, matrixOf } from "./matrix.ts";
export { isLayerMissing, parity } from "./parity.ts";
export { failedLayer, printedLayer, untrustedLayer } from "./program-layer.ts";
export { settingsReference } from "./reference.ts";
export { type Resolution, type ResolveInput, resolve } from "./resolve.ts";
export { whatDiffers } from "./same-values.ts";
export { type AllowedFinding, createCodeScanner } from "./scan.ts";
export { scanNeedles } from "./scan-needles.ts";
export { shapesOf } from "./setting-shapes.ts";
export {
  planSync,
  type SyncChoice,
  type SyncedPair,
  type SyncFate,
  type SyncRow,
  type SyncSide,
  winningEntry,
} from "./sync.ts";
export {
  parseJsonLayer,
  parseTfvarsLayer,
  parseTomlLayer,
  parseYamlLayer,
  settingName,
} from "./tree-layer.ts";
export { typeDeclaration } from "./type-declaration.ts";
