/** What configuration throws. Mistakes in settings are findings; these errors say that one can't go on. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const configErrors = errorCatalogue({
  CONFIG_UNKNOWN_KEY: {
    summary: "A setting was asked for that no declaration, layer or secrets file has.",
    exit: EXIT.usage,
    http: 404,
  },
  CONFIG_UNEDITABLE: {
    summary:
      "An edit of a layer's file can't be expressed in its format, or would change more than it should.",
    exit: EXIT.usage,
    http: 422,
  },
  CONFIG_INVALID: {
    summary: "The settings of an environment have errors, so nothing may run with them.",
    exit: EXIT.findings,
    http: 422,
  },
});
