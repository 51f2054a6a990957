/** A draft as the text of a `ringfence.yaml`, as a person would write it: one line for each environment, layer and setting. */
import type { DraftEnvironment, DraftLayer, DraftProject, DraftSetting } from "./draft.ts";
import { needsFormat } from "./layers.ts";

/** Words that YAML takes for something else, and what begins like a number. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n|~|[-+]?\.(?:inf|nan)|[-+.]?\d.*)$/i;
const BARE = /^[A-Za-z0-9_./][A-Za-z0-9_./@+-]*$/;

/** A text inside brackets or as a key. JSON's quotes are YAML's as well. */
function word(text: string): string {
  return BARE.test(text) && !NO_TEXT.test(text) ? text : JSON.stringify(text);
}

const SENTENCE = /^[A-Za-z][A-Za-z0-9 .-]*$/;
const flow = (fields: readonly (string | false | undefined)[]) => `{ ${fields.filter(Boolean).join(", ")} }`;
const list = (items: readonly string[]) => `[${items.map(word).join(", ")}]`;

function environmentLine({ name, kind, short, certain }: DraftEnvironment): string {
  const entry = flow([`kind: ${kind}`, short !== undefined && `short: ${word(short)}`]);
  return `  ${word(name)}: ${entry}${certain ? "" : " # its name tells no kind; this is the strictest"}`;
}

/** A path as an item of the list: braces need no quotes there unless they come first. */
function bareItem(path: string): string {
  return /^[A-Za-z0-9_./][A-Za-z0-9_./@+{}-]*\??$/.test(path) && !NO_TEXT.test(path)
    ? path
    : JSON.stringify(path);
}

function layerLine(layer: DraftLayer): string {
  const { path, format, optional, only, dialect } = layer;
  const isPlain = only === undefined && dialect === "ringfence" && !needsFormat(layer) && !path.endsWith("?");
  if (isPlain) return `  - ${bareItem(optional ? `${path}?` : path)}`;
  return `  - ${flow([
    `path: ${word(path)}`,
    needsFormat(layer) && `format: ${format}`,
    dialect !== "ringfence" && `dialect: ${dialect}`,
    optional && "optional: true",
    only !== undefined && `only: ${list(only)}`,
  ])}`;
}

function settingLine({ name, type, secret, required, values, doc, doubt }: DraftSetting): string {
  const text = doc !== undefined && SENTENCE.test(doc) && !NO_TEXT.test(doc) ? doc : JSON.stringify(doc);
  const fields = [
    (type !== "string" || !secret) && `type: ${type}`,
    values !== undefined && `values: ${list(values)}`,
    secret && "secret: true",
    Array.isArray(required) ? `required: ${list(required)}` : required === true && "required: true",
    doc !== undefined && `doc: ${text}`,
  ];
  return `  ${word(name)}: ${flow(fields)}${doubt === undefined ? "" : ` # ${doubt}`}`;
}

export function manifestText({ name, environments, layers, settings }: DraftProject): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines];
  return [
    "# Written by ringfence init from the files that were there; from now on it is yours.",
    `project: ${word(name)}`,
    ...section("environments:", environments.map(environmentLine)),
    "",
    "# Lowest first: a later layer wins.",
    "layers:",
    ...layers.map(layerLine),
    ...section("settings:", settings.map(settingLine)),
    "",
  ].join("\n");
}
