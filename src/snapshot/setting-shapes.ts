/** What an application is told of its declared settings besides their values: names and types, never a value. */

/**
 * Name of each declared setting and what it is: its type, behind `secret ` where it is one, with `?` at the end
 * where it may be missing in this environment. Examples: `integer`, `secret string`, `duration?`.
 */
export type SettingShapes = Readonly<Record<string, string>>;

/** The variable that tells a process its settings' shapes, as a JSON object. */
export const SHAPES_VARIABLE = "RINGFENCE_SETTINGS";

/** Linux takes no longer variable than 128 KiB (MAX_ARG_STRLEN), its name included. */
const LONGEST_BYTES = 120_000;

/** The variable for a process. Nothing where it would be too long: the application must then name its settings. */
export function shapesVariable(shapes: SettingShapes): Readonly<Record<string, string>> {
  const text = JSON.stringify(shapes);
  return Buffer.byteLength(text) > LONGEST_BYTES ? {} : { [SHAPES_VARIABLE]: text };
}
