/**
 * `ringfence/settings`: the settings of an application that Ringfence runs (by `run` or on a target), typed.
 * It reads environment variables and nothing else; it has no dependencies and works on Node 22 and later.
 *
 * @example
 * import { loadSettings } from "ringfence/settings";
 * const settings = loadSettings({
 *   PORT: "port",
 *   LOG_LEVEL: { type: "enum", values: ["debug", "info"], default: "info" },
 *   TOKEN_LIFETIME: "duration",
 *   DATABASE_URL: { type: "url", secret: true },
 * });
 * server.listen(settings.PORT);                    // number
 * connect(settings.DATABASE_URL.open());           // string; printed it is "[secret DATABASE_URL]"
 */
import { settingsErrors } from "./errors.ts";
import { SETTING_RULES, type SettingType, type SettingValues } from "./parse.ts";
import { Secret } from "./secret.ts";

export type { RingfenceError } from "../base/error.ts";
export type { SettingType, SettingValues } from "./parse.ts";
export { Secret } from "./secret.ts";

/** A setting's type with more to say about it. */
export interface SettingOptions<T extends SettingType> {
  readonly type: T;
  /** Stands in where the variable is not set. */
  readonly default?: SettingValues[T];
  /** It may be missing; the value is then undefined. */
  readonly optional?: boolean;
  /** The value comes as a {@link Secret}. */
  readonly secret?: boolean;
  /** For texts: the only values that are allowed; the type becomes their union. */
  readonly values?: SettingValues[T] extends string ? readonly string[] : never;
}

export type SettingSpec = SettingType | { [T in SettingType]: SettingOptions<T> }[SettingType];

type Plain<S> = S extends SettingType
  ? SettingValues[S]
  : S extends { readonly values: readonly (infer V)[] }
    ? V
    : S extends { readonly type: infer T extends SettingType }
      ? SettingValues[T]
      : never;

type Present<S> = S extends { readonly secret: true } ? Secret<Plain<S>> : Plain<S>;

type Missing<S> = S extends { readonly default: unknown }
  ? never
  : S extends { readonly optional: true }
    ? undefined
    : never;

/** The typed values of a specification. */
export type Settings<S extends Record<string, SettingSpec>> = {
  readonly [K in keyof S]: Present<S[K]> | Missing<S[K]>;
};

/** Name of the environment that this process runs in; undefined where Ringfence did not start it. */
export const environment: string | undefined = process.env.RINGFENCE_ENVIRONMENT || undefined;

/** Folder that belongs to this service in its environment, for files that outlive a release; undefined outside a target. */
export const dataFolder: string | undefined = process.env.RINGFENCE_DATA || undefined;

interface WidestOptions {
  readonly type: SettingType;
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly secret?: boolean;
  readonly values?: readonly string[];
}

/** Never says the value itself: what is no secret here may be one in the manifest. */
function problemOf(options: WidestOptions, text: string | undefined, value: unknown): string | undefined {
  const { expected } = SETTING_RULES[options.type];
  if (text === undefined) {
    return options.optional || options.default !== undefined
      ? undefined
      : `is missing; it must be ${expected}`;
  }
  if (options.values && !options.values.includes(text)) return `is none of ${options.values.join(", ")}`;
  return value === undefined ? `is not ${expected}` : undefined;
}

/**
 * Reads and checks the settings that the application names.
 *
 * @param specification name of each variable, and its type or options.
 * @param variables `process.env` unless told.
 * @throws SETTINGS_INVALID, once, with every variable that is missing or has a wrong value; never with a value.
 */
export function loadSettings<const S extends Record<string, SettingSpec>>(
  specification: S,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Settings<S> {
  const settings: Record<string, unknown> = {};
  const problems: { readonly setting: string; readonly why: string }[] = [];
  for (const [name, spec] of Object.entries<SettingSpec>(specification)) {
    const options: WidestOptions = typeof spec === "string" ? { type: spec } : spec;
    const text = variables[name];
    const value = text === undefined ? options.default : SETTING_RULES[options.type].parse(text);
    const why = problemOf(options, text, value);
    if (why !== undefined) problems.push({ setting: name, why });
    else settings[name] = options.secret && value !== undefined ? new Secret(name, value) : value;
  }
  if (problems.length > 0) throw invalid(problems, variables.RINGFENCE_ENVIRONMENT);
  return Object.freeze(settings) as Settings<S>;
}

function invalid(
  problems: readonly { readonly setting: string; readonly why: string }[],
  name: string | undefined,
): Error {
  const lines = problems.map(({ setting, why }) => `  ${setting} ${why}`);
  return settingsErrors.SETTINGS_INVALID({
    what: `${problems.length === 1 ? "a setting is" : `${problems.length} settings are`} missing or wrong\n${lines.join("\n")}`,
    where: name ? `environment ${name}` : "the process environment",
    why: name ? undefined : "this process was not started by Ringfence",
    fix: name ? `ringfence config check -e ${name}` : "ringfence run -- <command>",
    details: problems,
  });
}
