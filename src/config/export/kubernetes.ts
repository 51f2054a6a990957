/**
 * Settings as Kubernetes objects: a ConfigMap with the plain ones and, where there are any, a Secret with the secret
 * ones. Both may be taken whole by `envFrom`.
 */
import { configErrors } from "../errors.ts";
import { quotedYaml } from "../yaml-quoted.ts";
import {
  type ExportedSetting,
  type ExportOptions,
  type ExportWriter,
  inexpressible,
} from "./exported-setting.ts";
import { yamlKey } from "./yaml.ts";

/** RFC 1123, as Kubernetes checks names of objects and of namespaces. */
const LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const OBJECT_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
const NAMESPACE = new RegExp(`^(?=.{1,63}$)${LABEL}$`);

/** Bytes that the values of one object may have together (Kubernetes, MaxSecretSize). */
const LARGEST_DATA = 1_048_576;

function checked(
  option: "name" | "namespace",
  value: string,
  pattern: RegExp,
  options: ExportOptions,
): string {
  if (pattern.test(value)) return value;
  throw configErrors.CONFIG_EXPORT_OPTION({
    what: `${JSON.stringify(value)} is no ${option} that Kubernetes takes`,
    where: `--${option}`,
    why: "it wants lower case letters, digits and hyphens, a letter or digit at both ends",
    fix: `ringfence config export --format kubernetes -e ${options.environment} --${option} ${options.project}`,
  });
}

function metadata(options: ExportOptions): string {
  const { project, environment, namespace } = options;
  const name = options.name ?? `${project}-${environment}`;
  const labels = {
    "app.kubernetes.io/managed-by": "ringfence",
    "app.kubernetes.io/part-of": project,
    environment,
  };
  return [
    "metadata:",
    `  name: ${quotedYaml(checked("name", name, OBJECT_NAME, options))}`,
    ...(namespace === undefined
      ? []
      : [`  namespace: ${quotedYaml(checked("namespace", namespace, NAMESPACE, options))}`]),
    "  labels:",
    // A project's or an environment's name may end with a hyphen, a label's value may not.
    ...Object.entries(labels)
      .filter(([, value]) => NAMESPACE.test(value))
      .map(([key, value]) => `    ${key}: ${quotedYaml(value)}`),
  ].join("\n");
}

function data(settings: readonly ExportedSetting[], write: (text: string) => string): string {
  let size = 0;
  for (const setting of settings) {
    size += Buffer.byteLength(setting.text);
    if (size <= LARGEST_DATA) continue;
    const why = "with it the values have more than 1 MiB, and no ConfigMap or Secret takes that";
    throw inexpressible(setting, "kubernetes", { why, fix: "split the settings by --only and --name" });
  }
  if (settings.length === 0) return "data: {}";
  return [
    "data:",
    ...settings.map(({ name, text }) => `  ${yamlKey(name)}: ${quotedYaml(write(text))}`),
  ].join("\n");
}

/** @throws CONFIG_EXPORT_OPTION for a name that Kubernetes refuses; CONFIG_INEXPRESSIBLE for too much data */
export const writeKubernetes: ExportWriter = (settings, options) => {
  const plain = settings.filter(({ secret }) => !secret);
  const secrets = settings.filter(({ secret }) => secret);
  const about = metadata(options);
  const configMap = ["apiVersion: v1", "kind: ConfigMap", about, data(plain, (text) => text), ""].join("\n");
  if (secrets.length === 0) return configMap;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return `${configMap}---\n${["apiVersion: v1", "kind: Secret", about, "type: Opaque", data(secrets, base64), ""].join("\n")}`;
};
