/**
 * Settings as the part of an ECS task definition that a container's environment is made of: plain ones by value,
 * secrets only by the address where Secrets Manager or Parameter Store has them.
 */
import { assertDistinct, type ExportWriter } from "./exported-setting.ts";

/**
 * The address of a secret: `<prefix>taskmanager/production/database-url`.
 *
 * @param prefix goes in front as it stands: `arn:aws:secretsmanager:<region>:<account>:secret:`, or a name's beginning
 */
export function secretReference(
  prefix: string,
  { project, environment }: { readonly project: string; readonly environment: string },
  name: string,
): string {
  return `${prefix}${project}/${environment}/${name.toLowerCase().replaceAll("_", "-")}`;
}

/** Secrets without a reference are no part of it. @throws CONFIG_INEXPRESSIBLE where two share a reference */
export const writeEcs: ExportWriter = (settings) => {
  const referred = settings.filter(({ secret, reference }) => secret && reference !== undefined);
  assertDistinct(referred, "ecs", ({ reference }) => reference!);
  const fragment = {
    environment: settings.filter(({ secret }) => !secret).map(({ name, text }) => ({ name, value: text })),
    secrets: referred.map(({ name, reference }) => ({ name, valueFrom: reference })),
  };
  return `${JSON.stringify(fragment, null, 2)}\n`;
};
