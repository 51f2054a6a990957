/** Errors of the command line itself: what can't be understood, and what was interrupted. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const cliErrors = errorCatalogue({
  CLI_USAGE: {
    summary: "The command line can't be understood: an unknown command or flag, a missing or wrong argument.",
    exit: EXIT.usage,
    http: 400,
  },
  CLI_INTERRUPTED: {
    summary:
      "Ctrl-C ended the wait for an operation, which is left as it is and can be resumed or taken back.",
    exit: EXIT.interrupted,
    http: 409,
  },
});
