/** What can go wrong when a service is built. */
import { EXIT, errorCatalogue } from "../../base/error.ts";

export const buildErrors = errorCatalogue({
  BUILD_TOOL_MISSING: {
    summary: "A service is to be bundled from its entry and esbuild is not installed.",
    exit: EXIT.failed,
    http: 500,
  },
  BUILD_ENTRY_MISSING: {
    summary: "The file or folder that a service's build names is not in the commit or was not written.",
    exit: EXIT.failed,
    http: 422,
  },
  BUILD_OUTSIDE: {
    summary: "A bundle would take in files that are neither in the commit nor in an installed package.",
    exit: EXIT.refused,
    http: 422,
  },
  BUILD_FAILED: {
    summary: "A service's build failed; the tool's own words are shown.",
    exit: EXIT.failed,
    http: 422,
  },
});
