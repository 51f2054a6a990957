/** The way into configuration: parse layers, resolve an environment's settings, explain and check them. */
export type { LayerText, SecretEntry } from "./candidates.ts";
export { parseDotenv } from "./dotenv.ts";
export { configErrors } from "./errors.ts";
export { assertUsable, explain } from "./explain.ts";
export { secretReference } from "./export/ecs.ts";
export { type ExportedSetting, exportedSetting } from "./export/exported-setting.ts";
export { EXPORT_FORMATS, type ExportFormat, exportSettings } from "./export/formats.ts";
export { settingsJsonSchema } from "./json-schema.ts";
export type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
export { settingsReference } from "./reference.ts";
export { type Resolution, type ResolveInput, resolve } from "./resolve.ts";
export { parseJsonLayer, parseYamlLayer, settingName } from "./tree-layer.ts";
