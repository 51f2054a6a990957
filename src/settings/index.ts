/**
 * `ringfence/settings`: the settings of an application that Ringfence runs (by `run` or on a target), typed. Beside
 * Ringfence's own compiled settings on this machine it reads environment variables and nothing else; it has no
 * dependencies and works on Node 22 and later.
 *
 * @example
 * import { loadSettings } from "ringfence/settings";
 * const settings = loadSettings();                 // typed by `ringfence config types > ringfence-settings.d.ts`
 * server.listen(settings.PORT);                    // number
 * connect(settings.DATABASE_URL.open());           // a secret; printed it is "[secret DATABASE_URL]"
 *
 * @example Named here, with their types
 * const settings = loadSettings({
 *   PORT: "port",
 *   LOG_LEVEL: { type: "enum", values: ["debug", "info"], default: "info" },
 *   DATABASE_URL: { type: "url", secret: true },
 * });
 */
import { loadDeclared } from "./load.ts";
import type { LoadOptions } from "./sealed.ts";
import { readSettings, type SettingSpec, type Settings, type Variables } from "./specification.ts";
import { isStandardSchema, readBySchema, type StandardSchema } from "./standard-schema.ts";
import { type SettingsChange, type SettingsWatch, type WatchOptions, watchDeclared } from "./watch.ts";

export type { RingfenceError } from "../base/error.ts";
export { describeFailure, type FailureDescription, type FailureOptions } from "./failure.ts";
export type { SettingType, SettingValues } from "./parse.ts";
export type { LoadOptions } from "./sealed.ts";
export { Secret } from "./secret.ts";
export type { SettingOptions, SettingSpec, Settings } from "./specification.ts";
export type { StandardSchema } from "./standard-schema.ts";
export type { SettingsChange, SettingsWatch, WatchOptions } from "./watch.ts";

declare const declared: unique symbol;

/**
 * The settings that the project declares. Empty until its generated declaration adds them:
 * `ringfence config types > ringfence-settings.d.ts`.
 */
export interface ProjectSettings {
  readonly [declared]?: never;
}

/** Name of the environment that this process runs in; undefined where Ringfence did not start it. */
export const environment: string | undefined = process.env.RINGFENCE_ENVIRONMENT || undefined;

/** Folder that belongs to this service in its environment, for files that outlive a release; undefined outside a target. */
export const dataFolder: string | undefined = process.env.RINGFENCE_DATA || undefined;

const OPTION_NAMES: readonly string[] = [
  "environment",
  "project",
  "force",
  "home",
] satisfies (keyof LoadOptions)[];

/** Variables are asked for by types, options are named: an object that only has options' names, with texts, is no specification. */
function isOptions(given: object): given is LoadOptions {
  return Object.entries(given).every(
    ([name, value]) => OPTION_NAMES.includes(name) && typeof value !== "object",
  );
}

/**
 * All settings that the project declares, typed and frozen; secrets as {@link Secret}. Of a process that Ringfence
 * started they are in its variables. Of any other they are what was compiled on this machine, under the same rules
 * as `ringfence run`: the environment is detected or named, production only named, and the opening is recorded.
 *
 * @throws SETTINGS_UNDECLARED, SETTINGS_INVALID; outside of a run also SETTINGS_NO_PROJECT, SETTINGS_STALE,
 * SETTINGS_OVERRIDDEN, ENV_…, GUARD_…, SNAPSHOT_…, SPOOL_UNWRITABLE.
 */
export function loadSettings(options?: LoadOptions): ProjectSettings;
/**
 * Reads and checks the process's variables by a schema of another library (zod, valibot, arktype: whatever speaks
 * Standard Schema), and gives what the schema makes of them, frozen. What is secret is then the schema's to wrap.
 *
 * @throws SETTINGS_INVALID, once, with everything that does not fit; never with a value.
 */
export function loadSettings<Output>(schema: StandardSchema<Output>, variables?: Variables): Output;
/**
 * Reads and checks the settings that the application names.
 *
 * @param specification name of each variable, and its type or options.
 * @param variables `process.env` unless told.
 * @throws SETTINGS_INVALID, once, with every variable that is missing or has a wrong value; never with a value.
 */
export function loadSettings<const S extends Record<string, SettingSpec>>(
  specification: S,
  variables?: Variables,
): Settings<S>;
export function loadSettings(
  given: LoadOptions | StandardSchema | Record<string, SettingSpec> = {},
  variables?: Variables,
): unknown {
  if (isStandardSchema(given)) return readBySchema(given, variables ?? process.env);
  if (variables === undefined && isOptions(given)) return loadDeclared(given, process.env);
  return readSettings(given as Record<string, SettingSpec>, variables ?? process.env);
}

/**
 * Follows the project's files while the process runs: what changes is compiled and checked by the `ringfence` command,
 * and comes as one change. What can't be used is reported and changes nothing: the last good settings stay. Works
 * where this process may read the environment's key and the project's files; see docs/settings.md.
 *
 * @throws SETTINGS_UNWATCHABLE in a release, and what `loadSettings()` throws outside of a run. Later it throws nothing.
 *
 * @example
 * const watching = watch(({ settings, changed }) => pool.resize(settings.DB_POOL_SIZE), { onError: report });
 */
export function watch(
  onChange: (change: SettingsChange<ProjectSettings>) => void,
  options: WatchOptions = {},
): SettingsWatch<ProjectSettings> {
  return watchDeclared(onChange, options, process.env);
}
