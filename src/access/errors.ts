/** Errors about who may do what. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const accessErrors = errorCatalogue({
  ACCESS_UNKNOWN_PERSON: {
    summary: "The named person is not in the manifest, or has no key on this machine.",
    exit: EXIT.notPermitted,
    http: 403,
  },
  ACCESS_WHO: {
    summary: "Several people have keys on this machine; say which one acts.",
    exit: EXIT.usage,
    http: 400,
  },
  ACCESS_NO_KEY: {
    summary: "A signature is needed and the actor has no key.",
    exit: EXIT.notPermitted,
    http: 403,
  },
  ACCESS_DENIED: {
    summary: "The actor may not do this in the environment.",
    exit: EXIT.notPermitted,
    http: 403,
  },
});
