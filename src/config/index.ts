/** The way into configuration: parse layers, resolve an environment's settings, explain and check them. */
export type { LayerText, SecretEntry } from "./candidates.ts";
export { parseDotenv } from "./dotenv.ts";
export { configErrors } from "./errors.ts";
export { assertUsable, explain } from "./explain.ts";
export type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
export { type Resolution, type ResolveInput, resolve } from "./resolve.ts";
export { shapesOf } from "./setting-shapes.ts";
export { parseJsonLayer, parseYamlLayer, settingName } from "./tree-layer.ts";
export { typeDeclaration } from "./type-declaration.ts";
