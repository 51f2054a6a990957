/** The sample file that the tests of this room write, open and tamper with. */
import { createKeyPair, signMessage } from "../base/ed25519.ts";
import { createIdentity, type OpenedSecrets, openSecrets, type WriteRequest } from "./index.ts";

export const me = await createIdentity();
export const other = await createIdentity();
export const file = "secrets/production.yaml";
export const expected = { project: "shop", environment: "production" };
export const alice = createKeyPair();
export const people = [{ name: "alice", key: alice.publicText }];
export const values = { API_KEY: "key-1-of-the-api", EMPTY: "", DATABASE_PASSWORD: "correct horse" };

export function request(more: Partial<WriteRequest> = {}): WriteRequest {
  const binding = { ...expected, revision: 1 };
  return { binding, values, recipients: [me.recipient], now: "2026-11-21T12:00:00.123Z", ...more };
}

export function open(text: string, more: Partial<Parameters<typeof openSecrets>[1]> = {}): OpenedSecrets {
  return openSecrets(text, { file, expect: expected, identities: [me.identity], ...more });
}

export function record(opened: OpenedSecrets): Record<string, string> {
  return Object.fromEntries(opened.values.map(({ name, value }) => [name, value]));
}

/** The lines that hold settings, by name. */
export function lines(text: string): Map<string, string> {
  const matches = text.matchAll(/^([A-Za-z_]\w*): (.+)$/gm);
  return new Map([...matches].map(([line, name]) => [name!, line]));
}

/** Signs with the private half of a key pair. */
export function signer({ privatePem }: { readonly privatePem: string }) {
  return (message: string): string => signMessage(privatePem, message);
}
