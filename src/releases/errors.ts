/** What can be wrong with versions and releases. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const releaseErrors = errorCatalogue({
  RELEASE_VERSION_INVALID: {
    summary: "A version does not follow Semantic Versioning 2.0.0.",
    exit: EXIT.usage,
    http: 422,
  },
  RELEASE_INVALID: {
    summary: "The parts of a release contradict each other, such as two artifacts for one service.",
    exit: EXIT.failed,
    http: 422,
  },
  RELEASE_HOLDS_SECRET: {
    summary: "A release would carry the value of a setting that is declared secret.",
    exit: EXIT.refused,
    http: 422,
  },
  RELEASE_DAMAGED: {
    summary: "A stored release no longer has the content that its digest stands for.",
    exit: EXIT.failed,
    http: 500,
  },
});
