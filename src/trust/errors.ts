/** Errors about running what a project brings along. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const trustErrors = errorCatalogue({
  TRUST_REQUIRED: {
    summary: "A program of the project would have to run, and nobody has trusted it here as it stands now.",
    exit: EXIT.refused,
    http: 403,
  },
  TRUST_HOME_IN_PROJECT: {
    summary: "Ringfence's home lies inside the project, so that the project could trust itself.",
    exit: EXIT.refused,
    http: 403,
  },
  TRUST_RECORD_DAMAGED: {
    summary: "The record of what is trusted can't be read, or others could have written it.",
    exit: EXIT.refused,
    http: 500,
  },
});
