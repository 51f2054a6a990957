/**
 * A project's settings as a TypeScript declaration: it adds them to `ProjectSettings` of `ringfence/settings`, which
 * is what `loadSettings()` returns. The types are those that the library's own reading gives.
 */
import type { Project } from "../model/project.ts";
import type { SettingDeclaration, SettingType } from "../model/setting.ts";
import { isAlwaysSet } from "./presence.ts";

const TYPES: Readonly<Record<SettingType, string>> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  url: "string",
  port: "number",
  duration: "number",
  size: "number",
  enum: "string",
  list: "readonly string[]",
  object: "Readonly<Record<string, unknown>>",
  email: "string",
  host: "string",
  cidr: "string",
  path: "string",
  pattern: "string",
};

const UNITS: Readonly<Partial<Record<SettingType, string>>> = {
  duration: "In milliseconds.",
  size: "In bytes.",
};

/** Texts of the manifest stand in a comment and must not end it. */
function commentLines(text: string): string[] {
  return text
    .trim()
    .replaceAll("*/", "*\\/")
    .split(/\r\n|[\n\r\u2028\u2029]/);
}

function comment({ doc, type, deprecated }: SettingDeclaration): string[] {
  const lines = [
    ...(doc ? commentLines(doc) : []),
    ...(UNITS[type] ? [UNITS[type]] : []),
    ...(deprecated ? commentLines(`@deprecated ${deprecated}`) : []),
  ];
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`/** ${lines[0]} */`];
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

function typeOf({ type, secret, values }: SettingDeclaration): string {
  const plain = values?.length ? values.map((value) => JSON.stringify(value)).join(" | ") : TYPES[type];
  return secret ? `Secret<${plain}>` : plain;
}

function property(project: Project, declaration: SettingDeclaration): string[] {
  const { name } = declaration;
  const always = project.environments.every((one) => isAlwaysSet(declaration, project, one));
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  return [...comment(declaration), `readonly ${key}${always ? "" : "?"}: ${typeOf(declaration)};`];
}

/** The text of a `.d.ts` file, in the order of the manifest. It holds no value. */
export function typeDeclaration(project: Project): string {
  const { settings, manifest } = project;
  const secret = settings.some((declaration) => declaration.secret);
  return [
    `// The settings that ${manifest} declares. Made by \`ringfence config types\`; make it anew when they change:`,
    "//   ringfence config types > ringfence-settings.d.ts",
    secret ? 'import type { Secret } from "ringfence/settings";' : 'import "ringfence/settings";',
    "",
    'declare module "ringfence/settings" {',
    "  interface ProjectSettings {",
    ...settings.flatMap((declaration) => property(project, declaration)).map((line) => `    ${line}`),
    "  }",
    "}",
    "",
  ].join("\n");
}
