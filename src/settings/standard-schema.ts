/**
 * Settings by a schema of another library: anything that speaks Standard Schema 1 (standardschema.dev), such as zod,
 * valibot or arktype. Only what the specification says of it is used; no library is loaded.
 */
import { SHAPES_VARIABLE } from "../snapshot/setting-shapes.ts";
import { settingsInvalid, type Variables } from "./specification.ts";

/** The part of Standard Schema that is used. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export function isStandardSchema(given: unknown): given is StandardSchema {
  // Some libraries' schemas are functions.
  const isObject = given !== null && (typeof given === "object" || typeof given === "function");
  return isObject && "~standard" in given;
}

/** True for a variable of which this process was told that it is no secret. */
function isPlain(name: string, variables: Variables): boolean {
  try {
    const shapes = JSON.parse(variables[SHAPES_VARIABLE] ?? "{}");
    return typeof shapes[name] === "string" && !shapes[name].startsWith("secret ");
  } catch {
    return false;
  }
}

/** A schema's own words may hold the value: they are said only of what surely is no secret, and then without it. */
function problemOf({ message, path = [] }: StandardIssue, variables: Variables) {
  const [first] = path;
  const name = String(typeof first === "object" ? first.key : (first ?? "the settings"));
  const text = variables[name];
  if (text === undefined) return { setting: name, why: "is missing, or does not fit its schema" };
  const isShown = isPlain(name, variables) && !(text !== "" && message.includes(text));
  return { setting: name, why: isShown ? `does not fit its schema: ${message}` : "does not fit its schema" };
}

/** @throws SETTINGS_INVALID, also for a schema that only answers later */
export function readBySchema<Output>(schema: StandardSchema<Output>, variables: Variables): Output {
  const result = schema["~standard"].validate({ ...variables });
  if (result instanceof Promise) {
    result.catch(() => {});
    const why =
      "can't be checked: the schema answers only later; settings are read at once, so leave its asynchronous parts out";
    throw settingsInvalid([{ setting: "the settings", why }], variables.RINGFENCE_ENVIRONMENT);
  }
  if (result.issues) {
    const problems = result.issues.map((issue) => problemOf(issue, variables));
    throw settingsInvalid(problems, variables.RINGFENCE_ENVIRONMENT);
  }
  const { value } = result;
  return value !== null && typeof value === "object" ? Object.freeze(value) : value;
}
