/** The reference of a project's settings as a Markdown page, the same for the same manifest. */
import type { SettingReference, SettingsReference } from "../../model/setting-reference.ts";

interface Column {
  readonly heading: string;
  readonly cell: (setting: SettingReference) => string;
}

/** Text in a table's cell: a line, without a bar that would end the cell. */
function cellText(text: string): string {
  return text.replaceAll("\n", " ").replaceAll("|", "\\|");
}

/** Code in a table's cell; where it has backquotes itself, in one more of them. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return cellText(`${fence}${pad}${text}${pad}${fence}`);
}

function bounds({ min, max }: SettingReference): string[] {
  if (min !== null && max !== null) return [`${min} to ${max}`];
  if (min !== null) return [`from ${min}`];
  return max === null ? [] : [`up to ${max}`];
}

function typeCell(setting: SettingReference): string {
  const { type, secret, values, pattern } = setting;
  const parts = [
    type,
    ...values.map(code),
    ...bounds(setting),
    ...(pattern === null ? [] : [code(pattern)]),
    ...(secret ? ["**secret**"] : []),
  ];
  return parts.join(", ");
}

function requiredCell({ required }: SettingReference, environments: readonly string[]): string {
  return required.length === environments.length ? "everywhere" : required.join(", ");
}

function defaultCell({ default: value, policy }: SettingReference): string {
  if (policy !== null) return `policy ${policy}`;
  if (value === null) return "";
  return value === "" ? "empty" : code(value);
}

function meaningCell({ doc, allowed }: SettingReference): string {
  return cellText([...(doc ? [doc] : []), ...allowed.map((one) => `allowed: ${one}`)].join("; "));
}

/** A table, without the columns that have nothing to say. */
function table(columns: readonly Column[], settings: readonly SettingReference[]): string {
  const filled = columns.filter(({ cell }) => settings.some((setting) => cell(setting) !== ""));
  const row = (cells: readonly string[]) =>
    `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [
    row(filled.map(({ heading }) => heading)),
    row(filled.map(() => "---")),
    ...settings.map((setting) => row(filled.map(({ cell }) => cell(setting)))),
  ].join("\n");
}

/** Sections of the page; one without settings is left out. */
export function renderReference({ project, environments, settings }: SettingsReference): string {
  const name: Column = { heading: "name", cell: (setting) => code(setting.name) };
  const type: Column = { heading: "type", cell: typeCell };
  const columns: readonly Column[] = [
    name,
    type,
    { heading: "required", cell: (setting) => requiredCell(setting, environments) },
    { heading: "needed at", cell: ({ phases }) => phases.join(", ") },
    { heading: "default", cell: defaultCell },
    { heading: "otherwise", cell: ({ otherwise }) => cellText(otherwise.join("; ")) },
    { heading: "meaning", cell: meaningCell },
  ];
  const inUse = settings.filter(({ deprecated }) => deprecated === null);
  const deprecated = settings.filter((setting) => setting.deprecated !== null);
  const why: Column = { heading: "instead", cell: (setting) => cellText(setting.deprecated ?? "") };
  return [
    `# Settings of ${project}`,
    `Made by \`ringfence config docs\` from the manifest; environments: ${environments.join(", ")}. Secrets are encrypted and never shown.`,
    ...(inUse.length > 0 ? [table(columns, inUse)] : []),
    ...(deprecated.length > 0 ? ["## Deprecated", table([...columns, why], deprecated)] : []),
    ...(settings.length === 0 ? ["No settings are declared."] : []),
  ].join("\n\n");
}
