/** Secrets: encrypted files in SOPS format, age identities, bindings, signatures and fingerprints. The only way in. */

export { openSealedIdentities, sealIdentities } from "./age/hand-over.ts";
export {
  canonicalRecipient,
  createIdentity,
  parseIdentities,
  parseRecipient,
  recipientOf,
} from "./age/identities.ts";
export { isLocked, lockIdentities, unlockIdentities } from "./age/lock.ts";
export type { Recipient } from "./age/wrapping.ts";
export { assertNotReplayed, BINDING_NAME, type SecretsBinding } from "./binding.ts";
export {
  assertRuleAgrees,
  type CreationRule,
  creationRuleFor,
  creationRules,
} from "./creation-rules.ts";
export { parseSecretsText, secretsText } from "./edit-text.ts";
export { secretsErrors } from "./errors.ts";
export { fingerprint } from "./fingerprint.ts";
export { mergeValues } from "./merge.ts";
export {
  type FileKey,
  type ListedSecrets,
  listSecrets,
  type OpenedSecrets,
  type OpenOptions,
  openSecrets,
  prepareDataKey,
  type SecretValue,
  secretNamed,
  type WrappedKeys,
  wrappedKeys,
} from "./open.ts";
export { mergePasts, type SecretPast, type SecretPasts } from "./past.ts";
export { type SecretsSignature, signSecrets, verifySignature } from "./signature.ts";
export { unwritableSecrets, type WriteRequest, writeSecrets } from "./write.ts";
