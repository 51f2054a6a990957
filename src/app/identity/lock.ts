/** `ringfence identity lock`: puts an environment's identity under a passphrase, where it lies. */
import { existsSync, rmSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import type { Environment } from "../../model/project.ts";
import { identityPath, isLockedKey, readKeyFile } from "../../snapshot/home.ts";
import { snapshotPath } from "../../snapshot/snapshot.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { recipientAt } from "../identity-file.ts";
import { assertPassphrase, lockedText } from "../passphrase.ts";

/** @throws APP_BAD_INPUT where there is nothing to lock */
function assertLockable({ name }: Environment, path: string): void {
  const isThere = existsSync(path);
  if (isThere && !isLockedKey(readKeyFile(path) ?? "")) return;
  throw appErrors.APP_BAD_INPUT({
    what: isThere ? `the identity of ${name} is locked already` : `${name} has no identity on this machine`,
    where: path,
    fix: isThere ? `ringfence secret list -e ${name}` : `ringfence identity create -e ${name} --passphrase`,
  });
}

/** What was sealed while the identity lay open is not kept beside the locked one. */
async function lock(app: App, environment: Environment, path: string): Promise<void> {
  const text = readKeyFile(path) ?? "";
  if (!isLockedKey(text)) writeFileAtomic(path, await lockedText(app, text, path), 0o600);
  rmSync(snapshotPath(app.project.root, environment.name), { force: true });
}

export const operation = defineOperation({
  name: "identity lock",
  summary:
    "Put an environment's identity on this machine under a passphrase, which is asked for from then on",
  scope: "environment",
  input: z.object({}),
  async plan({ app, environment }) {
    const path = identityPath(app.home, app.project.name, environment.name);
    assertLockable(environment, path);
    assertPassphrase(app, path);
    return {
      summary: `lock the identity of ${environment.name}`,
      environment: environment.name,
      effects: [`write ${path} anew, under a passphrase`, "compiled settings are not kept from then on"],
      facts: { path },
    };
  },
  steps({ app, environment }, plan) {
    const { path } = plan.facts as unknown as { path: string };
    return [
      {
        key: "lock",
        title: "lock the identity",
        async run() {
          await lock(app, environment, path);
          return { recipient: recipientAt(app, path) };
        },
      },
    ];
  },
  async answer({ environment }, record) {
    const { path } = record.plan.facts as unknown as { path: string };
    const { recipient } = record.steps[0]!.result as { recipient: string };
    return { environment: environment.name, recipient, file: path, operation: record.id };
  },
});
