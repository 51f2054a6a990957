/** Identity files as commands make them: in the clear, which their permissions guard, or under a passphrase. */
import { existsSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { createIdentity, recipientOf } from "../secrets/index.ts";
import { identitiesAt } from "./identities.ts";
import type { Machine } from "./identity-places.ts";
import { lockedText } from "./passphrase.ts";

export const PASSPHRASE_FLAG = z.boolean().default(false).meta({
  description: "protect the identity by a passphrase: $RINGFENCE_PASSPHRASE(_FILE), else asked for",
});

/** The recipient of the first identity in a file; asks for the passphrase of a locked one. @throws as `identitiesAt` */
export function recipientAt(app: Machine, path: string): string {
  return recipientOf(identitiesAt(app, path)[0]!);
}

/** Makes an identity file where there is none. @throws SECRETS_IDENTITY_LOCKED, SECRETS_WRONG_PASSPHRASE */
export async function makeIdentity(app: Machine, path: string, isLocked: boolean): Promise<void> {
  if (existsSync(path)) return;
  const { text } = await createIdentity();
  writeFileAtomic(path, isLocked ? await lockedText(app, text, path) : text, 0o600);
}
