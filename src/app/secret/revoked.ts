/** `ringfence secret revoked`: what revoked people and machines could read, until each secret is rotated. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import type { RevocationView } from "../../contract/secrets.ts";
import { defineQuery } from "../definition.ts";
import { revocationOf } from "./revocation.ts";

/** What other stores keep is shown beside them; whether it was rotated there can't be told, so it holds nothing open. */
const isOpen = ({ state }: RevocationView["secrets"][number]) => state === "same" || state === "unknown";
const holdsOpen = ({ secrets, sealed }: RevocationView) => secrets.some(isOpen) || sealed.length > 0;

export const query = defineQuery({
  name: "secret revoked",
  summary:
    "List secrets that revoked people and machines could read and that are not rotated yet; exit 3 when there are some",
  scope: "project",
  input: z.object({
    all: z.boolean().optional().meta({ description: "also those that are rotated or gone" }),
  }),
  async run({ app }, { all = false }): Promise<readonly RevocationView[]> {
    const records = await app.store.read(({ operations }) => operations.list({ state: "succeeded" }));
    const revocations = records
      .filter(({ kind }) => kind === "secret revoke")
      .map((record) => revocationOf(app, record));
    if (all) return revocations;
    return revocations.filter(holdsOpen).map((one) => ({
      ...one,
      secrets: one.secrets.filter((secret) => isOpen(secret) || secret.state === "elsewhere"),
    }));
  },
  exit: (answer: readonly RevocationView[]) => (answer.some(holdsOpen) ? EXIT.findings : EXIT.ok),
});
