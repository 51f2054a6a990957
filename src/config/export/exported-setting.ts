/** One setting as an export writes it, and the refusal of one that a format can't hold. Pure. */
import { formatPlace } from "../../base/place.ts";
import type { ResolvedSetting, SettingType, SettingValue } from "../../model/setting.ts";
import { configErrors } from "../errors.ts";

export interface ExportedSetting {
  readonly name: string;
  /** For formats that have types. A duration is its text here: a bare number would not say its unit. */
  readonly value: SettingValue;
  /** For formats that know only text: what a process gets. */
  readonly text: string;
  readonly secret: boolean;
  /** The secret's address in a secrets manager, for formats that never hold its value. */
  readonly reference?: string;
  /** `file:line:column` of the source that won. */
  readonly where: string;
}

/** What an export says of itself. */
export interface ExportOptions {
  readonly project: string;
  readonly environment: string;
  /** Name of the Kubernetes objects, `<project>-<environment>` unless told. */
  readonly name?: string | undefined;
  /** Of the Kubernetes objects; left to whoever applies them unless told. */
  readonly namespace?: string | undefined;
}

/** Makes one format's text; ends with a line end unless it is empty. */
export type ExportWriter = (settings: readonly ExportedSetting[], options: ExportOptions) => string;

/** A typed value as documents (JSON, YAML, tfvars) hold it, so that a layer of that format gives it again. */
export function documentValue(
  type: SettingType | undefined,
  value: SettingValue,
  text: string,
): SettingValue {
  if (type === "duration") return text;
  // What stands undeclared in a file as 1.10, 0x1F or .inf is a number only at first sight.
  if (type === undefined && typeof value === "number" && String(value) !== text) return text;
  // As its text is: what JSON does not know (.inf in a list of YAML) is null in both.
  return value !== null && typeof value === "object" ? JSON.parse(JSON.stringify(value)) : value;
}

/** A resolved setting for an export. @param reference where a secrets manager has it */
export function exportedSetting(setting: ResolvedSetting, reference?: string): ExportedSetting {
  const { name, text, secret, declaration, history } = setting;
  const value = documentValue(declaration?.type, setting.value, text);
  const winner = history.find(({ wins }) => wins);
  const where = winner ? formatPlace(winner.place) : name;
  return { name, value, text, secret, where, ...(reference === undefined ? {} : { reference }) };
}

/** The error of a setting that a format can't hold. @param why continues "because"; never a value */
export function inexpressible(
  { name, where }: ExportedSetting,
  format: string,
  { why, fix }: { readonly why: string; readonly fix: string },
): Error {
  return configErrors.CONFIG_INEXPRESSIBLE({
    what: `${name} can't be exported as ${format}`,
    where,
    why,
    fix,
  });
}

/**
 * Refuses settings whose names a format can't tell apart.
 *
 * @param nameOf what the format makes of a setting's name
 * @throws CONFIG_INEXPRESSIBLE
 */
export function assertDistinct(
  settings: readonly ExportedSetting[],
  format: string,
  nameOf: (setting: ExportedSetting) => string,
): void {
  const taken = new Map<string, ExportedSetting>();
  for (const setting of settings) {
    const name = nameOf(setting);
    const first = taken.get(name);
    if (first) {
      const why = `${first.name} (${first.where}) would be ${name} as well`;
      throw inexpressible(setting, format, {
        why,
        fix: "name one of the two otherwise, or leave it out by --only",
      });
    }
    taken.set(name, setting);
  }
}
