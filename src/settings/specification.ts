/** Settings that an application names itself, each with its type: from environment variables to typed values. */
import { settingsErrors } from "./errors.ts";
import { SETTING_RULES, type SettingType, type SettingValues } from "./parse.ts";
import { Secret } from "./secret.ts";

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

export type Variables = Readonly<Record<string, string | undefined>>;

/** Options of whichever type. */
export interface WidestOptions {
  readonly type: SettingType;
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly secret?: boolean;
  readonly values?: readonly string[];
}

/** One setting that can't be used, and why; the value is never said. */
interface Problem {
  readonly setting: string;
  readonly why: string;
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
 * Typed values of a specification, frozen. A missing optional one is undefined.
 *
 * @param environment for the error; undefined where Ringfence did not start the process.
 * @throws SETTINGS_INVALID, once, with every variable that is missing or has a wrong value; never with a value.
 */
export function readSettings(
  specification: Readonly<Record<string, SettingType | WidestOptions>>,
  variables: Variables,
  environment = variables.RINGFENCE_ENVIRONMENT,
): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  const problems: Problem[] = [];
  for (const [name, spec] of Object.entries(specification)) {
    const options: WidestOptions = typeof spec === "string" ? { type: spec } : spec;
    const found = variables[name];
    // Every object has a `constructor`, which is no text.
    const text = typeof found === "string" ? found : undefined;
    const value = text === undefined ? options.default : SETTING_RULES[options.type].parse(text);
    const why = problemOf(options, text, value);
    if (why !== undefined) problems.push({ setting: name, why });
    else entries.push([name, options.secret && value !== undefined ? new Secret(name, value) : value]);
  }
  if (problems.length > 0) throw settingsInvalid(problems, environment);
  return Object.freeze(Object.fromEntries(entries));
}

/** @param name of the environment; undefined where Ringfence did not start the process */
export function settingsInvalid(problems: readonly Problem[], name: string | undefined): Error {
  const lines = problems.map(({ setting, why }) => `  ${setting} ${why}`);
  return settingsErrors.SETTINGS_INVALID({
    what: `${problems.length === 1 ? "a setting is" : `${problems.length} settings are`} missing or wrong\n${lines.join("\n")}`,
    where: name ? `environment ${name}` : "the process environment",
    why: name ? undefined : "this process was not started by Ringfence",
    fix: name ? `ringfence config check -e ${name}` : "ringfence run -- <command>",
    details: problems,
  });
}
