/** What can be wrong with a built artifact. */
import { EXIT, errorCatalogue } from "../../base/error.ts";

export const artifactErrors = errorCatalogue({
  ARTIFACT_MISSING: {
    summary: "An artifact that a release names is not in the artifact folder.",
    exit: EXIT.failed,
    http: 404,
  },
  ARTIFACT_DAMAGED: {
    summary: "A file of a stored artifact is missing, added or differs from what was built.",
    exit: EXIT.failed,
    http: 500,
  },
  ARTIFACT_UNFIT: {
    summary:
      "A build's output can't be kept: it is empty, or holds a link that leads out of it or a special file.",
    exit: EXIT.failed,
    http: 422,
  },
  ARTIFACT_FOLDER_UNWRITABLE: {
    summary: "The artifact folder can't be written: read-only, full, or another user's.",
    exit: EXIT.failed,
    http: 500,
    retryable: true,
  },
});
