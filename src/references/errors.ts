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
  REFERENCE_UNCACHED: {
    summary: "Settings with values of other stores can't be compiled: the environment keeps none of those.",
    exit: EXIT.refused,
    http: 409,
  },
});
