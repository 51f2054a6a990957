/**
 * `ringfence config export`: an environment's settings in another tool's format. Secrets are in it only when they
 * are asked for, and then the export is recorded before it is shown.
 */
import * as z from "zod";
import { nearest } from "../../base/nearest.ts";
import {
  assertUsable,
  configErrors,
  EXPORT_FORMATS,
  type ExportFormat,
  exportedSetting,
  exportSettings,
  secretReference,
} from "../../config/index.ts";
import type { ExportView } from "../../contract/settings.ts";
import type { ResolvedSetting } from "../../model/setting.ts";
import { guardNested } from "../../snapshot/detection.ts";
import type { App } from "../app.ts";
import { type Context, defineQuery } from "../definition.ts";
import { assertOpened, assertPlain } from "../leaving-settings.ts";
import { prepared, warnOfEarlier } from "../references.ts";
import { type Configuration, configure } from "../resolution.ts";
import { takeOverSpools } from "../spool.ts";

const INPUT = z.object({
  format: z.enum(EXPORT_FORMATS).meta({ description: "whose format" }),
  secrets: z.boolean().default(false).meta({ description: "with the secrets' values; recorded first" }),
  only: z.array(z.string()).default([]).meta({ description: "only these settings" }),
  name: z
    .string()
    .optional()
    .meta({ description: "kubernetes: the objects' name; <project>-<environment> unless told" }),
  namespace: z.string().optional().meta({ description: "kubernetes: the objects' namespace" }),
  "secrets-prefix": z.string().optional().meta({
    description: "ecs: what stands before <project>/<environment>/<name> in the secrets' addresses",
  }),
});
type Input = z.infer<typeof INPUT>;

/** The formats that have a use for a flag. */
const FLAG_FORMATS: readonly (readonly [
  flag: "name" | "namespace" | "secrets-prefix",
  format: ExportFormat,
])[] = [
  ["name", "kubernetes"],
  ["namespace", "kubernetes"],
  ["secrets-prefix", "ecs"],
];

/** @throws CONFIG_EXPORT_OPTION for a flag that would have no effect, or the wrong one */
function assertFlags(input: Input, environment: string): void {
  for (const [flag, format] of FLAG_FORMATS) {
    if (input[flag] === undefined || input.format === format) continue;
    throw configErrors.CONFIG_EXPORT_OPTION({
      what: `the format ${input.format} has no use for --${flag}`,
      where: `--${flag}`,
      fix: `ringfence config export -e ${environment} --format ${format} --${flag} …`,
    });
  }
  if (input.format === "ecs" && input.secrets) {
    throw configErrors.CONFIG_EXPORT_OPTION({
      what: "a task definition never holds a secret's value",
      where: "--secrets",
      why: "whoever may read the task definition would read it",
      fix: `ringfence config export -e ${environment} --format ecs --secrets-prefix arn:aws:secretsmanager:<region>:<account>:secret:`,
    });
  }
}

/** Those that `--only` names, or all. @throws CONFIG_UNKNOWN_KEY */
function chosen(
  { settings }: Configuration,
  only: readonly string[],
  environment: string,
): ResolvedSetting[] {
  for (const name of only) {
    if (settings.has(name)) continue;
    const meant = nearest(name, settings.keys());
    throw configErrors.CONFIG_UNKNOWN_KEY({
      what: `${environment} has no setting ${name}`,
      where: `--only ${name}`,
      why: "no default, layer, secrets file or variable sets it",
      fix: meant ? `--only ${meant}` : `ringfence config show -e ${environment}`,
    });
  }
  return [...settings.values()].filter(({ name }) => only.length === 0 || only.includes(name));
}

async function record(context: Context, format: ExportFormat, secrets: readonly string[]): Promise<void> {
  const { app, actor, environment, reason } = context;
  // In the record the opening stands before what it was for.
  await takeOverSpools(app);
  await app.record.transact((_transaction, enter) =>
    enter({
      actor: actor.name,
      action: "config.export",
      subject: format,
      environment: environment.name,
      reason,
      details: { secrets },
    }),
  );
}

function namesOf(settings: readonly ResolvedSetting[]): string[] {
  return settings.map(({ name }) => name);
}

function leftOutText(names: readonly string[], format: ExportFormat): string {
  const flag =
    format === "ecs" ? "--secrets-prefix refers to them" : "--secrets writes them, and is recorded";
  return `left out, because secret: ${names.join(", ")} (${flag})`;
}

export const query = defineQuery({
  name: "config export",
  summary:
    "Print an environment's settings in another tool's format; secrets only when asked for, and recorded",
  scope: "environment",
  explicit: true,
  input: INPUT,
  async run(context, input): Promise<ExportView> {
    const { app, environment } = context;
    const { format, secrets, only, name, namespace, "secrets-prefix": prefix } = input;
    assertFlags(input, environment.name);
    // Inside another environment's run the process environment is that one's.
    const again = () => `ringfence config export -e ${environment.name} --format ${format}`;
    guardNested({ environment: environment.name, method: context.method }, app.variables, again);
    const resolveIn = (inside: App) => configure(inside, environment);
    const needed = !secrets || only.length > 0 ? { only: secrets ? only : [] } : {};
    const given = await prepared(app, environment, resolveIn, { ...needed, lasting: true });
    const configuration = given.resolution;
    warnOfEarlier(context.warn, environment.name, given);
    assertUsable(configuration);
    const all = chosen(configuration, only, environment.name);
    const isWritten = (setting: ResolvedSetting) => !setting.secret || secrets || prefix !== undefined;
    const written = all.filter(isWritten);
    const shown = secrets ? namesOf(written.filter((setting) => setting.secret)) : [];
    if (shown.length > 0) assertOpened(app, environment, written, configuration.secrets.file);
    else assertPlain(written, environment.name, "an export without --secrets would show it");
    const about = { project: app.project.name, environment: environment.name };
    const exported = written.map((setting) =>
      exportedSetting(
        setting,
        prefix === undefined ? undefined : secretReference(prefix, about, setting.name),
      ),
    );
    const text = exportSettings(format, exported, { ...about, name, namespace });
    if (shown.length > 0) await record(context, format, shown);
    const secretsLeftOut = namesOf(all.filter((setting) => !isWritten(setting)));
    if (secretsLeftOut.length > 0) context.warn(leftOutText(secretsLeftOut, format));
    return { environment: environment.name, format, text, secretsLeftOut };
  },
});
