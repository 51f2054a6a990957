/**
 * A project's settings as JSON Schema (draft 2020-12). It describes the document that
 * `config export --format json --secrets` prints for one environment: typed values, secrets among them.
 *
 * What JSON Schema has no word for (units, networks) is a text with its type in `x-ringfence-type`, bounds of
 * durations are in `x-ringfence-minimum` and `x-ringfence-maximum`, in milliseconds.
 */
import type { Json } from "../base/canonical-json.ts";
import { declarationIn } from "../model/declaration.ts";
import type { Environment, Project } from "../model/project.ts";
import type { SettingDeclaration, SettingType } from "../model/setting.ts";
import { plainText, typeValue } from "../model/setting-value.ts";
import { documentValue } from "./export/exported-setting.ts";

type Schema = { readonly [keyword: string]: Json };

/** As `parseDuration` (`src/base/units.ts`) reads it. */
const DURATION = "^(?=\\d)(?:\\d+w)?(?:\\d+d)?(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?(?:\\d+ms)?$";

const TYPES: Readonly<Record<SettingType, Schema>> = {
  string: { type: "string" },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  url: { type: "string", format: "uri" },
  port: { type: "integer", minimum: 1, maximum: 65_535 },
  duration: { type: "string", pattern: DURATION },
  size: { type: "integer", minimum: 0 },
  enum: { type: "string" },
  list: { type: "array" },
  object: { type: "object" },
  email: { type: "string", format: "email" },
  // A name or an address: `format` can't say either.
  host: { type: "string", minLength: 1 },
  cidr: { type: "string", minLength: 1 },
  path: { type: "string", minLength: 1 },
  pattern: { type: "string" },
};

function bounds({ type, min, max }: SettingDeclaration): Schema {
  const [lower, upper] =
    type === "duration" ? ["x-ringfence-minimum", "x-ringfence-maximum"] : ["minimum", "maximum"];
  return {
    ...(min === undefined ? {} : { [lower!]: Math.max(min, Number(TYPES[type].minimum ?? min)) }),
    ...(max === undefined ? {} : { [upper!]: Math.min(max, Number(TYPES[type].maximum ?? max)) }),
  };
}

/** A default that refers to others has no value of its own. */
function defaultOf(declaration: SettingDeclaration): Schema {
  const { type, default: value } = declaration;
  if (value === undefined) return {};
  const text = plainText(value);
  if (text.includes("${")) return {};
  const typed = typeValue(declaration, { value, text });
  return typed.fits ? { default: documentValue(type, typed.value, typed.text) as Json } : {};
}

function propertyOf(declaration: SettingDeclaration, needed: boolean): Schema {
  const { type, secret, values, pattern, doc, replacedBy } = declaration;
  const deprecated = declaration.deprecated ?? (replacedBy && `use ${replacedBy}`);
  const description = [doc, deprecated && `Deprecated: ${deprecated}`].filter(Boolean).join(" ");
  return {
    ...TYPES[type],
    // What is required must not be empty; other types than these take no empty text anyway.
    ...(needed && (type === "string" || type === "pattern") ? { minLength: 1 } : {}),
    ...(values === undefined ? {} : { enum: [...values] }),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
    ...bounds(declaration),
    ...defaultOf(declaration),
    ...(description === "" ? {} : { description }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    ...(secret ? { writeOnly: true } : {}),
    "x-ringfence-type": type,
  };
}

/** The schema of one environment: what is required elsewhere only is optional in it. */
export function settingsJsonSchema(project: Project, environment: Environment): Schema {
  const settings = project.settings.map((declaration) => declarationIn(declaration, environment));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `${project.name} in ${environment.name}`,
    type: "object",
    properties: Object.fromEntries(
      settings.map((declaration) => [
        declaration.name,
        propertyOf(declaration, declaration.required === true),
      ]),
    ),
    required: settings.filter(({ required }) => required === true).map(({ name }) => name),
  };
}
