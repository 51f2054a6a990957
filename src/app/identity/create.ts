/** `ringfence identity create`: makes an environment's identity on this machine and adds its recipient to the manifest. */
import { existsSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import type { Environment } from "../../model/project.ts";
import { createIdentity, parseIdentities, recipientOf } from "../../secrets/index.ts";
import { identityPath, readKeyFile } from "../../snapshot/home.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { editManifest } from "../manifest-file.ts";

/** The recipient of the first identity in a file. */
function recipientIn(path: string): string {
  return recipientOf(parseIdentities(readKeyFile(path) ?? "", path)[0]!);
}

/** As the manifest has them: people, machines and roles by name. */
const entriesOf = ({ holders }: Environment): string[] => [...new Set(holders.map(({ via }) => via))];

export const operation = defineOperation({
  name: "identity create",
  summary: "Make an environment's identity on this machine and add its recipient to the manifest",
  scope: "environment",
  input: z.object({}),
  async plan({ app, environment }) {
    const path = identityPath(app.home, app.project.name, environment.name);
    const there = existsSync(path);
    if (there && environment.recipients.includes(recipientIn(path))) {
      throw appErrors.APP_IDENTITY_EXISTS({
        what: `${environment.name} has an identity on this machine already`,
        where: path,
        why: "overwriting it would lose every secret that only it can open",
        fix: `ringfence secret list -e ${environment.name}`,
      });
    }
    return {
      summary: `give ${environment.name} an identity`,
      environment: environment.name,
      effects: [
        there ? `use the identity at ${path}` : `make an identity at ${path}`,
        `add its recipient to environments.${environment.name} in ${app.project.manifest}`,
      ],
      facts: { path, recipients: entriesOf(environment) },
    };
  },
  steps({ app, environment }, plan) {
    const { path, recipients } = plan.facts as unknown as { path: string; recipients: string[] };
    return [
      {
        key: "identity",
        title: "make the identity",
        async run() {
          if (!existsSync(path)) writeFileAtomic(path, (await createIdentity()).text, 0o600);
          return { recipient: recipientIn(path) };
        },
      },
      {
        key: "manifest",
        title: "add its recipient to the manifest",
        async run() {
          const recipient = recipientIn(path);
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
