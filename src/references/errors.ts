/** Errors about secrets that others keep. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const referencesErrors = errorCatalogue({
  REFERENCE_UNRESOLVED: {
    summary: "A setting's value is kept in another store, and could not be got from there.",
    exit: EXIT.undecryptable,
    http: 502,
    retryable: true,
  },
  REFERENCE_LEASED: {
    summary: "A store gave a credential that it takes back by itself, where a lasting one is needed.",
    exit: EXIT.refused,
    http: 409,
  },
  REFERENCE_UNWRITABLE: {
    summary: "A reference leads to what Ringfence can't write, or to a setting that can't have one.",
    exit: EXIT.refused,
    http: 409,
  },
  REFERENCE_TAKEN: {
    summary: "Where a secret was to be kept in another store, another value stands already; it is unchanged.",
    exit: EXIT.refused,
    http: 409,
  },
  REFERENCE_NOT_WRITTEN: {
    summary: "Another store did not take a secret, or does not give what it took.",
    exit: EXIT.undecryptable,
    http: 502,
    retryable: true,
  },
  REFERENCE_CHANGED: {
    summary: "A secret was changed in its store by somebody else, after the change was planned.",
    exit: EXIT.failed,
    http: 409,
    retryable: true,
  },
  REFERENCE_UNCACHED: {
    summary: "Settings with values of other stores can't be compiled: the environment keeps none of those.",
    exit: EXIT.refused,
    http: 409,
  },
});
