/** AWS's own packages, which projects that need them install: found and loaded when a reference asks for one. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemCode } from "../../base/error.ts";
import type { SecretRefusal } from "../../ports/secret-store.ts";

export interface AwsPackages {
  "@aws-sdk/client-secrets-manager": typeof import("@aws-sdk/client-secrets-manager");
  "@aws-sdk/client-ssm": typeof import("@aws-sdk/client-ssm");
  "@aws-sdk/client-sts": typeof import("@aws-sdk/client-sts");
}

function find(name: string, place: string): string | undefined {
  try {
    return createRequire(place).resolve(name);
  } catch (error) {
    if (systemCode(error) === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/**
 * Where packages are looked for, in this order: beside Ringfence, then in a project's folder. Ringfence's own come
 * first, so that a folder from elsewhere is not asked where it need not be.
 */
export function packagePlaces(folder: string | undefined): readonly string[] {
  return [import.meta.url, ...(folder === undefined ? [] : [join(folder, "package.json")])];
}

/** The package as it is installed at the first of these places that has it; a refusal that says how to install it. */
export async function loadPackage<Name extends keyof AwsPackages>(
  name: Name,
  places: readonly string[],
): Promise<AwsPackages[Name] | SecretRefusal> {
  for (const place of places) {
    const file = find(name, place);
    if (file !== undefined) return (await import(pathToFileURL(file).href)) as AwsPackages[Name];
  }
  return {
    kind: "denied",
    why: `${name} is not installed, and AWS is asked by it`,
    fix: `npm install --save-dev ${name}`,
  };
}
