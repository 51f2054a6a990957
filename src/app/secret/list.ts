/** `ringfence secret list`: names, never values; needs no identity. */

import { join } from "node:path";
import * as z from "zod";
import type { SecretListView } from "../../contract/settings.ts";
import { expandTemplate } from "../../model/project.ts";
import { listSecrets } from "../../secrets/index.ts";
import { defineQuery } from "../definition.ts";
import { readTextIfThere } from "../project.ts";
import { holderFindings } from "../secret-holders.ts";

export const query = defineQuery({
  name: "secret list",
  summary: "List the names in an environment's secrets file",
  scope: "environment",
  input: z.object({}),
  async run({ app, environment }): Promise<SecretListView> {
    const file = expandTemplate(app.project.secretsPath, environment);
    const text = readTextIfThere(join(app.project.root, file));
    const listed = text === undefined ? undefined : listSecrets(text, { file });
    const declared = new Set(app.project.settings.map(({ name }) => name));
    return {
      environment: environment.name,
      file,
      recipients: listed?.recipients ?? environment.recipients,
      findings: holderFindings(app, environment),
      signedBy: listed?.signature?.person ?? null,
      secrets: (listed?.names ?? []).map(({ name, place }) => ({
        name,
        declared: declared.has(name),
        line: place.line,
      })),
    };
  },
});
