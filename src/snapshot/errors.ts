/** Errors of choosing an environment, guarding a run, and reading what was compiled for it. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const snapshotErrors = errorCatalogue({
  ENV_UNKNOWN: {
    summary:
      "A flag, the detection variable or the default names an environment that the project does not have.",
    exit: EXIT.usage,
    http: 404,
  },
  ENV_AMBIGUOUS: {
    summary:
      "The host's name fits the patterns of several environments and nothing else says which one is meant.",
    exit: EXIT.usage,
    http: 409,
  },
  GUARD_PRODUCTION_NOT_EXPLICIT: {
    summary:
      "A production environment was selected by a variable alone, or by default, on a host whose name does not say so.",
    exit: EXIT.refused,
    http: 403,
  },
  GUARD_WRONG_HOST: {
    summary: "The host's name belongs to another environment than the selected one.",
    exit: EXIT.refused,
    http: 403,
  },
  GUARD_NESTED: {
    summary: "A run was started inside another environment's run, whose values it would inherit.",
    exit: EXIT.refused,
    http: 403,
  },
  SNAPSHOT_FORGED: {
    summary: "The compiled settings were not sealed with this environment's key, or were changed since.",
    exit: EXIT.undecryptable,
    http: 500,
  },
  SNAPSHOT_REPLAYED: {
    summary: "The compiled settings hold older secrets than this machine has already seen.",
    exit: EXIT.undecryptable,
    http: 500,
  },
  SNAPSHOT_KEY_UNUSABLE: {
    summary: "A key file is open to other users, is no plain file, or cannot be read.",
    exit: EXIT.undecryptable,
    http: 500,
  },
  SNAPSHOT_HOME_DAMAGED: {
    summary: "A file in Ringfence's home folder does not hold what belongs there.",
    exit: EXIT.undecryptable,
    http: 500,
  },
  SNAPSHOT_LOCKED: {
    summary: "Another process holds the lock of a file that every run shares, for longer than a run takes.",
    exit: EXIT.locked,
    http: 423,
    retryable: true,
  },
  SPOOL_UNWRITABLE: {
    summary: "An injection could not be recorded in the spool, and the environment demands a record.",
    exit: EXIT.refused,
    http: 500,
    retryable: true,
  },
});
