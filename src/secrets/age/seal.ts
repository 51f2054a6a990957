/** Makes age files for recipients of any kind, by the age library, which reading never loads. */
import { encodeArmor } from "./format.ts";
import type { Recipient } from "./wrapping.ts";

/** An armored age file that each of these can open. A passphrase must be the only recipient. */
export async function sealAge(content: Uint8Array, recipients: readonly Recipient[]): Promise<string> {
  const { Encrypter, Stanza } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient({
      wrapFileKey(fileKey) {
        const { type, args, body } = recipient.wrap(fileKey);
        return [new Stanza([type, ...args], body)];
      },
    });
  }
  return encodeArmor(await encrypter.encrypt(content));
}
