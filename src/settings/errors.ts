/** Errors of an application that reads its settings. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const settingsErrors = errorCatalogue({
  SETTINGS_INVALID: {
    summary: "An application was started without settings that it needs, or with values of another type.",
    exit: EXIT.failed,
    http: 500,
  },
  SETTINGS_UNDECLARED: {
    summary: "A process asked for its declared settings, but was not told what they are.",
    exit: EXIT.failed,
    http: 500,
  },
  SETTINGS_NO_PROJECT: {
    summary: "A process that Ringfence did not start asked for its settings outside of any project.",
    exit: EXIT.usage,
    http: 500,
  },
  SETTINGS_STALE: {
    summary: "A process that Ringfence did not start found no compiled settings, or such of older files.",
    exit: EXIT.failed,
    http: 500,
  },
  SETTINGS_OVERRIDDEN: {
    summary:
      "The process environment sets declared settings to something else than what was compiled; only `ringfence run` resolves them together.",
    exit: EXIT.failed,
    http: 500,
  },
  SETTINGS_UNWATCHABLE: {
    summary: "A process asked to watch settings that do not follow the project's files: those of a release.",
    exit: EXIT.refused,
    http: 500,
  },
  SETTINGS_REFUSED: {
    summary: "Changed settings can't be used; the last good ones stay.",
    exit: EXIT.findings,
    http: 500,
  },
});
