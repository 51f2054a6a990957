/** Errors of an application that reads its settings. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const settingsErrors = errorCatalogue({
  SETTINGS_INVALID: {
    summary: "An application was started without settings that it needs, or with values of another type.",
    exit: EXIT.failed,
    http: 500,
  },
});
