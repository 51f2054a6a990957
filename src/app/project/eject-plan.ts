/** What an ejection writes: one plain file for each environment, each read back before it counts. */
import { relative, resolve as resolvePath } from "node:path";
import { configErrors, exportedSetting, exportSettings, parseDotenv } from "../../config/index.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import type { Environment } from "../../model/project.ts";
import type { ResolvedSetting } from "../../model/setting.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { assertOpened, assertPlain } from "../leaving-settings.ts";
import { prepared } from "../references.ts";
import { type Configuration, configure } from "../resolution.ts";

/** Findings after which nobody knows a value. All others are about values that are known, and stay known outside. */
const UNKNOWN_VALUE: ReadonlySet<string> = new Set([
  "SETTING_SYNTAX",
  "SETTING_LAYER_MISSING",
  "SETTING_LAYER_UNTRUSTED",
  "SETTING_LAYER_FAILED",
  "SETTING_INTERPOLATION",
  "SETTING_REFERENCE",
  "SETTING_CYCLE",
  "SETTING_SEALED_REFERENCE",
]);

/** One environment as it would be written. The text may hold secrets: it goes nowhere but into its file. */
export interface EjectedFile {
  readonly path: string;
  readonly environment: string;
  readonly text: string;
  readonly settings: number;
  readonly secrets: readonly string[];
  readonly secretsLeftOut: readonly string[];
}

/** The folder relative to the root, with forward slashes. @throws APP_BAD_INPUT for one that is outside */
export function ejectFolder(app: App, to: string): string {
  const folder = relative(app.project.root, resolvePath(app.project.root, to)).replaceAll("\\", "/");
  if (folder !== "" && FORMATS.file.pattern.test(folder)) return folder;
  throw appErrors.APP_BAD_INPUT({
    what: `${to} is no folder inside the project`,
    where: `--to ${to}`,
    why: "an ejection writes nowhere else",
    fix: "ringfence eject --to ejected",
  });
}

/** @throws CONFIG_INVALID where values are not known; what is merely not allowed does not keep anybody here */
function assertKnown({ findings }: Configuration, environment: string): void {
  const errors = findings.filter(({ severity, code }) => severity === "error" && UNKNOWN_VALUE.has(code));
  if (errors.length === 0) return;
  throw configErrors.CONFIG_INVALID({
    what: `${environment} has values that nobody knows`,
    where: errors[0]!.where,
    why: errors.map(({ where, why }) => `${where}  ${why}`).join("\n"),
    fix: `ringfence config check -e ${environment}`,
    details: { findings: errors },
  });
}

/** @throws CONFIG_INEXPRESSIBLE for a text that no `.env` file gives back */
function assertReadBack(text: string, written: readonly ResolvedSetting[], environment: string): void {
  const { entries } = parseDotenv(text, "ejected", "dotenv");
  const read = new Map(entries.map(({ name, value }) => [name, value]));
  const lost = written.filter((setting) => read.get(setting.name) !== setting.text);
  if (lost.length === 0) return;
  throw configErrors.CONFIG_INEXPRESSIBLE({
    what: `${lost.map(({ name }) => name).join(", ")} of ${environment} can't be written to a plain .env file`,
    where: exportedSetting(lost[0]!).where,
    why: "the dotenv package would read another text: it has no way to write it",
    fix: `ringfence config export -e ${environment} --format json`,
  });
}

/**
 * An environment's file, as the configuration is now.
 *
 * @throws CONFIG_INVALID, CONFIG_EXPORT_LEAK, CONFIG_INEXPRESSIBLE, SECRETS_NO_IDENTITY, REFERENCE_…, what reading secrets throws
 */
export async function ejectedFile(
  app: App,
  environment: Environment,
  folder: string,
  secrets: boolean,
): Promise<EjectedFile> {
  // The process environment is this shell's, no part of the project.
  const resolveIn = (inside: App) => configure(inside, environment, { variables: {} });
  const options = { lasting: true, ...(!secrets && { only: [] }) } as const;
  const { resolution: configuration } = await prepared(app, environment, resolveIn, options);
  assertKnown(configuration, environment.name);
  const all = [...configuration.settings.values()];
  const written = all.filter((setting) => !setting.secret || secrets);
  if (secrets) assertOpened(app, environment, written, configuration.secrets.file);
  else assertPlain(written, environment.name, "an ejection without --secrets would write it");
  const about = { project: app.project.name, environment: environment.name };
  const text = exportSettings(
    "dotenv",
    written.map((setting) => exportedSetting(setting)),
    about,
  );
  assertReadBack(text, written, environment.name);
  const names = (settings: readonly ResolvedSetting[]) =>
    settings.filter(({ secret }) => secret).map(({ name }) => name);
  return {
    path: `${folder}/${environment.name}.env`,
    environment: environment.name,
    text,
    settings: written.length,
    secrets: names(written),
    secretsLeftOut: secrets ? [] : names(all),
  };
}

/** The page beside the files. */
export function ejectReadme({ project }: App, environments: readonly string[]): string {
  return [
    `# ${project.name}, without Ringfence`,
    "",
    `One plain .env file for each environment (${environments.join(", ")}), as it was resolved. Load one with the dotenv package, with node --env-file, or with any tool that reads .env files.`,
    "",
    `To remove Ringfence: delete ${project.manifest}, the folder .ringfence, and the secrets files (${project.secretsPath}); your layers stay as they are.`,
    "",
  ].join("\n");
}
