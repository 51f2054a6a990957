/** Secrets: encrypted files in SOPS format, age identities, bindings, signatures and fingerprints. The only way in. */
export { assertNotReplayed, BINDING_NAME, type SecretsBinding } from "./binding.ts";
export { parseSecretsText, secretsText } from "./edit-text.ts";
export { secretsErrors } from "./errors.ts";
export { fingerprint } from "./fingerprint.ts";
export { createIdentity, parseIdentityFile, recipientOf } from "./identities.ts";
export { mergeValues } from "./merge.ts";
export {
  type ListedSecrets,
  listSecrets,
  type OpenedSecrets,
  type OpenOptions,
  openSecrets,
  type SecretValue,
  secretNamed,
} from "./open.ts";
export { type SecretsSignature, signSecrets, verifySignature } from "./signature.ts";
export { type WriteRequest, writeSecrets } from "./write.ts";
