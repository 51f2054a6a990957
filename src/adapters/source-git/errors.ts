/** What can be wrong with the project's version control. */
import { EXIT, errorCatalogue } from "../../base/error.ts";

export const sourceErrors = errorCatalogue({
  SOURCE_TOOL_MISSING: { summary: "The git command is not installed.", exit: EXIT.failed, http: 500 },
  SOURCE_NO_REPOSITORY: {
    summary: "The project's folder is not in a git work tree.",
    exit: EXIT.failed,
    http: 409,
  },
  SOURCE_NO_COMMIT: {
    summary: "The project's repository has no commit yet, or none that holds the project's files.",
    exit: EXIT.failed,
    http: 409,
  },
  SOURCE_UNKNOWN_REVISION: {
    summary: "A revision names no commit of the project's repository.",
    exit: EXIT.usage,
    http: 404,
  },
  SOURCE_SUBMODULE: {
    summary: "The project contains a git submodule, whose files are not part of the commit.",
    exit: EXIT.failed,
    http: 422,
  },
  SOURCE_FAILED: { summary: "A git command failed; its own words are shown.", exit: EXIT.failed, http: 500 },
});
