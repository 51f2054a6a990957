/** Errors of the secrets room. Messages name files, settings and recipients; never a value or an identity. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const secretsErrors = errorCatalogue({
  SECRETS_NO_IDENTITY: {
    summary: "None of the identities at hand opens the secrets file.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_MAC_MISMATCH: {
    summary: "A secrets file was changed by something that did not hold its data key.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_MAC_MISSING: {
    summary: "A secrets file carries no MAC, so nothing vouches for its values.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_MALFORMED: {
    summary: "A secrets file is no well-formed SOPS file.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_WRONG_ENVIRONMENT: {
    summary: "A secrets file belongs to another project or environment.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_UNBOUND: {
    summary: "A secrets file says nothing about the project and environment it belongs to.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_REPLAYED: {
    summary: "A secrets file is older than one that was seen here before, or than what a merge comes from.",
    exit: EXIT.undecryptable,
    http: 409,
  },
  SECRETS_UNSIGNED: {
    summary: "A secrets file that must be signed has no signature.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_SIGNATURE_INVALID: {
    summary:
      "The signature of a secrets file is not by one of the project's people, or not over this content.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_UNSUPPORTED: {
    summary: "A secrets file uses a part of the SOPS format that Ringfence does not read.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_FOREIGN_KEYS: {
    summary:
      "A key that the file names is not in the manifest, so that it is neither asked to open the file nor given a new data key; or Ringfence can't wrap for it.",
    exit: EXIT.refused,
    http: 409,
  },
  SECRETS_KEY_SERVICE: {
    summary: "A key service such as AWS KMS did not open or wrap the data key of a secrets file.",
    exit: EXIT.undecryptable,
    http: 502,
  },
  SECRETS_RULES_DISAGREE: {
    summary:
      "The project's `.sops.yaml` asks for something else than the manifest for the same secrets file.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_BAD_NAME: {
    summary: "A name can't be that of a secret, or of a person who signs.",
    exit: EXIT.usage,
    http: 400,
  },
  SECRETS_BAD_VALUE: {
    summary: "A value can't be kept in a secrets file or handed to a process.",
    exit: EXIT.usage,
    http: 400,
  },
  SECRETS_BAD_RECIPIENT: {
    summary: "What should be an age recipient is none.",
    exit: EXIT.usage,
    http: 400,
  },
  SECRETS_BAD_IDENTITY: {
    summary: "What should be an age identity is none.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_IDENTITY_LOCKED: {
    summary: "An identity is protected by a passphrase, and none was given, or there is no way to give it.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_WRONG_PASSPHRASE: {
    summary: "A passphrase does not open the identities that it should.",
    exit: EXIT.undecryptable,
    http: 422,
  },
  SECRETS_CONFLICT: {
    summary: "Two branches changed the same secret differently; all others are merged.",
    exit: EXIT.failed,
    http: 409,
  },
  SECRETS_UNKNOWN: {
    summary: "The secrets file holds no secret of that name.",
    exit: EXIT.failed,
    http: 404,
  },
});
