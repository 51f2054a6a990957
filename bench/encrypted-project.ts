/**
 * A project as people make it: by the built command, with an identity and an encrypted secrets file for each of two
 * environments. `development` runs directly, `staging` scrubbed. Every one of its settings is a secret.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recipientOf, writeSecrets } from "../src/secrets/index.ts";

/** What `npm run build` made. */
export const BUILT = fileURLToPath(new URL("../dist/ringfence.cjs", import.meta.url));

const PROJECT = "bench";
const ENVIRONMENTS = ["development", "staging"] as const;

export interface EncryptedProject {
  readonly root: string;
  /** Variables for every command: Ringfence's home, and nothing that selects an environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  remove(): void;
}

/** Values as long as most tokens and connection strings. */
export function secretValues(count: number): Record<string, string> {
  const pairs = Array.from({ length: count }, (_, i) => [
    `SETTING_${i}`,
    `value-of-setting-${i}-0123456789abcdef`,
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function manifest(names: readonly string[]): string {
  const settings = names.map((name) => `  ${name}: { secret: true, required: true }\n`);
  return `project: ${PROJECT}\nenvironments: { development: , staging: }\nsettings:\n${settings.join("")}`;
}

/** The whole file at once: a hundred `secret set` would write the same, a process for each. */
function encrypted(
  environment: string,
  identity: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  return writeSecrets({
    binding: { project: PROJECT, environment, revision: 1 },
    values,
    recipients: [recipientOf(identity)],
    now: new Date().toISOString(),
  });
}

/** Makes the project and runs a command in each environment, so that their settings are compiled. */
export async function createEncryptedProject(count: number): Promise<EncryptedProject> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-bench-")));
  const [root, home] = [join(folder, "project"), join(folder, "home")];
  const values = secretValues(count);
  const variables = { RINGFENCE_HOME: home, CI: "", ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" };
  const ringfence = (...words: string[]) => {
    const options = { cwd: root, env: { ...process.env, ...variables }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUILT, ...words], options);
    if (status !== 0) throw new Error(`ringfence ${words.join(" ")} failed: ${stderr}`);
    return stdout;
  };
  mkdirSync(join(root, "secrets"), { recursive: true });
  writeFileSync(join(root, "ringfence.yaml"), manifest(Object.keys(values)));
  ringfence("me", "init", "--name", "bench");
  for (const environment of ENVIRONMENTS) {
    ringfence("identity", "create", "-e", environment);
    const keys = readFileSync(join(home, "identities", PROJECT, `${environment}.txt`), "utf8");
    const identity = /^AGE-SECRET-KEY-.*$/m.exec(keys)![0];
    const text = await encrypted(environment, identity, values);
    writeFileSync(join(root, "secrets", `${environment}.yaml`), text);
    ringfence("run", "-e", environment, "--", "true");
  }
  if (ringfence("run", "-e", "development", "--", "printenv", "SETTING_0").trim() !== values.SETTING_0)
    throw new Error("the command did not get what the secrets file holds");
  return { root, variables, values, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
