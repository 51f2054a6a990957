/** The environment of a service as it is kept: sealed, because it holds secrets. Opening makes them known for scrubbing. */
import { rememberSecret } from "../../base/redact.ts";
import { open, seal } from "../../base/seal.ts";

/** Names the purpose of the key that is derived from the environment's identity. */
export const KEY_PURPOSE = "target-process";

type Variables = Readonly<Record<string, string>>;

function remember(variables: Variables, secretNames: readonly string[]): void {
  for (const name of secretNames) {
    const value = variables[name];
    if (value !== undefined) rememberSecret(value);
  }
}

export function sealVariables(
  key: Uint8Array,
  context: string,
  variables: Variables,
  secretNames: readonly string[],
): string {
  remember(variables, secretNames);
  return seal(key, context, Buffer.from(JSON.stringify(variables))).toString("base64");
}

/** Undefined when the key or the context is another than it was sealed with. */
export function openVariables(
  key: Uint8Array,
  context: string,
  sealed: string,
  secretNames: readonly string[],
): Variables | undefined {
  const content = open(key, context, Buffer.from(sealed, "base64"));
  if (!content) return undefined;
  const variables = JSON.parse(content.toString()) as Variables;
  remember(variables, secretNames);
  return variables;
}
