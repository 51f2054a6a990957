/** The formats of an export, by name. */
import { writeDocker } from "./docker.ts";
import { writeDotenv } from "./dotenv.ts";
import { writeEcs } from "./ecs.ts";
import type { ExportedSetting, ExportOptions, ExportWriter } from "./exported-setting.ts";
import { writeGithub, writeGithubMask } from "./github.ts";
import { writeJson } from "./json.ts";
import { writeKubernetes } from "./kubernetes.ts";
import { writeShell } from "./shell.ts";
import { writeTfvars } from "./tfvars.ts";
import { writeYaml } from "./yaml.ts";

export const EXPORT_FORMATS = [
  "dotenv",
  "json",
  "yaml",
  "shell",
  "docker",
  "kubernetes",
  "ecs",
  "tfvars",
  "github",
  "github-mask",
] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const WRITERS: Readonly<Record<ExportFormat, ExportWriter>> = {
  dotenv: writeDotenv,
  json: writeJson,
  yaml: writeYaml,
  shell: writeShell,
  docker: writeDocker,
  kubernetes: writeKubernetes,
  ecs: writeEcs,
  tfvars: writeTfvars,
  github: writeGithub,
  "github-mask": writeGithubMask,
};

/**
 * The settings as text of a format, in the order given. Every secret among them is written: whoever calls decides
 * which those are. Ends with a line end unless it is empty.
 *
 * @throws CONFIG_INEXPRESSIBLE for a setting that the format can't hold; CONFIG_EXPORT_OPTION
 */
export function exportSettings(
  format: ExportFormat,
  settings: readonly ExportedSetting[],
  options: ExportOptions,
): string {
  return WRITERS[format](settings, options);
}
