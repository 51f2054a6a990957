/** `ringfence identity create`: makes an environment's identity on this machine and adds its recipient to the manifest. */
import { existsSync } from "node:fs";
import * as z from "zod";
import { identityPath } from "../../snapshot/home.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { makeIdentity, PASSPHRASE_FLAG, recipientAt } from "../identity-file.ts";
import { editManifest } from "../manifest-file.ts";
import { assertPassphrase } from "../passphrase.ts";
import { recipientEntries } from "../rekeyed-secrets.ts";

interface Facts {
  readonly path: string;
  readonly passphrase: boolean;
  readonly recipients: readonly string[];
}

export const operation = defineOperation({
  name: "identity create",
  summary: "Make an environment's identity on this machine and add its recipient to the manifest",
  scope: "environment",
  input: z.object({ passphrase: PASSPHRASE_FLAG }),
  async plan({ app, environment }, { passphrase }) {
    const path = identityPath(app.home, app.project.name, environment.name);
    const there = existsSync(path);
    if (there && environment.recipients.includes(recipientAt(app, path))) {
      throw appErrors.APP_IDENTITY_EXISTS({
        what: `${environment.name} has an identity on this machine already`,
        where: path,
        why: "overwriting it would lose every secret that only it can open",
        fix: `ringfence secret list -e ${environment.name}`,
      });
    }
    if (passphrase && !there) assertPassphrase(app, path);
    return {
      summary: `give ${environment.name} an identity`,
      environment: environment.name,
      effects: [
        there
          ? `use the identity at ${path}`
          : `make an identity at ${path}${passphrase ? ", protected by a passphrase" : ""}`,
        `add its recipient to environments.${environment.name} in ${app.project.manifest}`,
      ],
      facts: { path, passphrase, recipients: recipientEntries(environment) },
    };
  },
  steps({ app, environment }, plan) {
    const { path, passphrase, recipients } = plan.facts as unknown as Facts;
    return [
      {
        key: "identity",
        title: "make the identity",
        async run() {
          await makeIdentity(app, path, passphrase);
          return { recipient: recipientAt(app, path) };
        },
      },
      {
        key: "manifest",
        title: "add its recipient to the manifest",
        async run() {
          const recipient = recipientAt(app, path);
          const all = [...new Set([...recipients, recipient])];
          editManifest(app.project.root, ["environments", environment.name, "recipients"], all);
          return { recipient };
        },
      },
    ];
  },
  async answer({ environment }, record) {
    const { path } = record.plan.facts as unknown as { path: string };
    return {
      environment: environment.name,
      recipient: (record.steps[1]!.result as { recipient: string }).recipient,
      file: path,
      operation: record.id,
    };
  },
});
