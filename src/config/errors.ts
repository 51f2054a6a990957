/** What configuration throws. Mistakes in settings are findings; these errors say that one can't go on. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const configErrors = errorCatalogue({
  CONFIG_UNKNOWN_KEY: {
    summary: "A setting was asked for that no declaration, layer or secrets file has.",
    exit: EXIT.usage,
    http: 404,
  },
  CONFIG_INVALID: {
    summary: "The settings of an environment have errors, so nothing may run with them.",
    exit: EXIT.findings,
    http: 422,
  },
  CONFIG_UNEDITABLE: {
    summary:
      "A value can't be written in a file's format, or not without touching what others depend on; it is written by hand then.",
    exit: EXIT.failed,
    http: 409,
  },
  CONFIG_UNSPLITTABLE: {
    summary:
      "A setting is no URL where it is set, or lacks a part that it was to be split into, or stands where it can't be split.",
    exit: EXIT.usage,
    http: 422,
  },
  CONFIG_INEXPRESSIBLE: {
    summary: "A setting's name or value can't be written in the format of an export; nothing was printed.",
    exit: EXIT.failed,
    http: 422,
  },
  CONFIG_EXPORT_OPTION: {
    summary: "An option of an export does not fit, or its format has no use for it.",
    exit: EXIT.usage,
    http: 400,
  },
  CONFIG_EXPORT_LEAK: {
    summary: "A plain setting holds the value of a secret, so an export without secrets would show it.",
    exit: EXIT.failed,
    http: 422,
  },
});
