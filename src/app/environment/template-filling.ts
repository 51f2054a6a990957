/** A template filled in with its parameters: the manifest's entry and the files of one new environment. Pure. */
import type { Json } from "../../base/canonical-json.ts";
import { nearest } from "../../base/nearest.ts";
import { shellWord } from "../../base/shell-word.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import type { EnvironmentTemplate, TemplateParameter } from "../../model/project.ts";
import type { SettingValue } from "../../model/setting.ts";
import { wholePattern } from "../../model/setting-value.ts";
import { appErrors } from "../errors.ts";

export interface FilledTemplate {
  /** The entry under `environments`. */
  readonly entry: { readonly [key: string]: Json };
  readonly files: Readonly<Record<string, string>>;
}

/** What stands in braces in a template's texts: a name alone, so that `${NAME}` and JSON stay what they are. */
const WORD = /(?<!\$)\{([A-Za-z][A-Za-z0-9]*)\}/g;
/** Parts of an entry whose texts may be numbers or booleans once they are filled in. */
const NATURAL = new Set(["ports", "policies"]);

const whereOf = ({ place, name }: EnvironmentTemplate) =>
  `${place.file}:${place.line}:${place.column} templates.${name}`;

function unfit(template: EnvironmentTemplate, what: string, why: string, fix: string) {
  return appErrors.APP_TEMPLATE_UNFIT({ what, where: whereOf(template), why, fix });
}

function badInput(what: string, where: string, why: string, fix: string) {
  return appErrors.APP_BAD_INPUT({ what, where, why, fix });
}

/** `p=v` as typed. @throws APP_BAD_INPUT */
function given(set: readonly string[], { parameters, name }: EnvironmentTemplate): Map<string, string> {
  const values = new Map<string, string>();
  const known = parameters.map((parameter) => parameter.name);
  for (const one of set) {
    const at = one.indexOf("=");
    const parameter = at < 0 ? one : one.slice(0, at);
    if (at < 1)
      throw badInput(
        `${one} sets no parameter`,
        `--set ${one}`,
        "a parameter is set by NAME=VALUE",
        `--set ${known[0] ?? "name"}=value`,
      );
    if (!known.includes(parameter)) {
      const meant = nearest(parameter, known);
      const why = known.length > 0 ? `it has ${known.join(", ")}` : "it has no parameters";
      const fix = meant ? `--set ${shellWord(`${meant}=${one.slice(at + 1)}`)}` : "leave it out";
      throw badInput(`the template ${name} has no parameter ${parameter}`, `--set ${parameter}`, why, fix);
    }
    if (values.has(parameter))
      throw badInput(
        `${parameter} is set twice`,
        `--set ${parameter}`,
        "one value is meant",
        "leave one out",
      );
    values.set(parameter, one.slice(at + 1));
  }
  return values;
}

function parameterValue(
  { name, default: usual, pattern, doc }: TemplateParameter,
  values: ReadonlyMap<string, string>,
  template: string,
): string {
  const value = values.get(name) ?? usual;
  if (value === undefined) {
    throw badInput(
      `the template ${template} needs ${name}`,
      `--template ${template}`,
      doc ?? "it has no default",
      `--set ${name}=${pattern === undefined ? "value" : "<a text that matches its pattern>"}`,
    );
  }
  if (/[\u0000-\u001f\u007f]/.test(value)) {
    throw badInput(
      `${name} has a control character`,
      `--set ${name}`,
      "it would be put into files as it is",
      `--set ${name}=value`,
    );
  }
  if (pattern === undefined || wholePattern(pattern).test(value)) return value;
  throw badInput(
    `${JSON.stringify(value)} is no ${name}`,
    `--set ${name}`,
    `it must match ${pattern}`,
    `--set ${name}=<a text that matches>`,
  );
}

/** @throws APP_TEMPLATE_UNFIT where it names what is no parameter */
function filler(
  template: EnvironmentTemplate,
  values: ReadonlyMap<string, string>,
): (text: string) => string {
  return (text) =>
    text.replace(WORD, (whole, word: string) => {
      const value = values.get(word);
      if (value !== undefined) return value;
      const meant = nearest(word, values.keys());
      const fix = meant ? `write {${meant}}` : `declare ${word} under parameters`;
      throw unfit(
        template,
        `${whole} of the template ${template.name} is no parameter`,
        `known are ${[...values.keys()].join(", ")}`,
        fix,
      );
    });
}

function natural(text: string): Json {
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

function filled(node: SettingValue, fill: (text: string) => string, isNatural: boolean): Json {
  if (typeof node === "string")
    return isNatural && /^\{[^{}]*\}$/.test(node) ? natural(fill(node)) : fill(node);
  if (Array.isArray(node)) return node.map((item) => filled(item, fill, isNatural));
  if (node === null || typeof node !== "object") return node as Json;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      fill(key),
      filled(value, fill, isNatural || NATURAL.has(key)),
    ]),
  );
}

/**
 * @param set `NAME=VALUE` as typed
 * @throws APP_BAD_INPUT for parameters that are missing, unknown or don't fit; APP_TEMPLATE_UNFIT
 */
export function fillTemplate(
  template: EnvironmentTemplate,
  name: string,
  set: readonly string[],
): FilledTemplate {
  const typed = given(set, template);
  const values = new Map(
    template.parameters.map((one) => [one.name, parameterValue(one, typed, template.name)]),
  );
  values.set("env", name);
  const fill = filler(template, values);
  const entry = filled(template.environment, fill, false) as FilledTemplate["entry"];
  values.set("short", typeof entry.short === "string" ? entry.short : name);
  const files = Object.entries(template.files).map(([path, text]) => [fill(path), fill(text)] as const);
  const outside = files.find(([path]) => !FORMATS.file.pattern.test(path));
  if (outside) {
    throw unfit(
      template,
      `${outside[0]} is no path inside the project`,
      "a template's files lie in the project",
      "give the parameter another value",
    );
  }
  const twice = files.find(([path], at) => files.findIndex(([other]) => other === path) !== at);
  if (twice)
    throw unfit(
      template,
      `two files of the template ${template.name} are ${twice[0]}`,
      "the one would replace the other",
      "give one of them another path",
    );
  return { entry, files: Object.fromEntries(files) };
}
