/** The settings that the project declares, typed by the shapes that Ringfence tells a process of them. */
import { type SettingShapes, SHAPES_VARIABLE } from "../snapshot/setting-shapes.ts";
import { settingsErrors } from "./errors.ts";
import { SETTING_RULES, type SettingType } from "./parse.ts";
import { readSettings, type Variables, type WidestOptions } from "./specification.ts";

interface ShapeOptions extends WidestOptions {
  readonly optional: boolean;
}

/** A shape in its parts; undefined when it is none that this version knows. */
function optionsOf(shape: unknown): ShapeOptions | undefined {
  const parts = typeof shape === "string" ? /^(secret )?(\w+)(\?)?$/.exec(shape) : null;
  const type = parts?.[2];
  if (!parts || !type || !Object.hasOwn(SETTING_RULES, type)) return undefined;
  return { type: type as SettingType, secret: parts[1] !== undefined, optional: parts[3] !== undefined };
}

function undeclared(what: string, why: string, variables: Variables): Error {
  const environment = variables.RINGFENCE_ENVIRONMENT;
  return settingsErrors.SETTINGS_UNDECLARED({
    what,
    where: `variable ${SHAPES_VARIABLE}`,
    why,
    fix: `ringfence run${environment ? ` -e ${environment}` : ""} -- <command>`,
  });
}

/** @throws SETTINGS_UNDECLARED */
function shapesFrom(variables: Variables): SettingShapes {
  const text = variables[SHAPES_VARIABLE];
  if (!text) {
    throw undeclared(
      "this process does not know which settings its project declares",
      'it was not started by Ringfence, by an older one, or there are too many for a variable: name them, as in loadSettings({ PORT: "port" })',
      variables,
    );
  }
  try {
    const shapes: unknown = JSON.parse(text);
    if (typeof shapes === "object" && shapes !== null && !Array.isArray(shapes))
      return shapes as SettingShapes;
  } catch {
    // Said below, without the text.
  }
  throw undeclared(
    "the declared settings can't be read",
    "it is no JSON object: something changed it",
    variables,
  );
}

/**
 * The typed values of all declared settings, frozen; one that may be missing, and is, is left out.
 *
 * @throws SETTINGS_UNDECLARED for a shape that this version does not know; SETTINGS_INVALID
 */
export function readDeclared(shapes: SettingShapes, variables: Variables): Readonly<Record<string, unknown>> {
  const specification: Record<string, WidestOptions> = Object.create(null);
  // Each variable of a process is read once, and most settings share a shape: both cost at a start.
  const texts: Record<string, string | undefined> = Object.create(null);
  const known = new Map<unknown, ShapeOptions | undefined>();
  for (const [name, shape] of Object.entries(shapes)) {
    if (!known.has(shape)) known.set(shape, optionsOf(shape));
    const options = known.get(shape);
    if (!options)
      throw undeclared(`what ${name} is can't be read`, "Ringfence and this library differ", variables);
    const found = variables[name];
    // Every object has a `constructor`, which is no text.
    const text = typeof found === "string" ? found : undefined;
    if (text === undefined && options.optional) continue;
    texts[name] = text;
    specification[name] = options;
  }
  return readSettings(specification, texts, variables.RINGFENCE_ENVIRONMENT);
}

/** The declared settings of a process that Ringfence started. @throws SETTINGS_UNDECLARED, SETTINGS_INVALID */
export function readInjected(variables: Variables): Readonly<Record<string, unknown>> {
  return readDeclared(shapesFrom(variables), variables);
}
