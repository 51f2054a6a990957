/** Errors of starting a command in an environment. */
import { EXIT, errorCatalogue } from "../../base/error.ts";

export const runErrors = errorCatalogue({
  RUN_USAGE: {
    summary: "The command line of `ringfence run` cannot be understood.",
    exit: EXIT.usage,
    http: 400,
  },
  RUN_COMMAND_NOT_FOUND: {
    summary: "The command to run, or the interpreter that its first line names, does not exist.",
    exit: EXIT.notFound,
    http: 404,
  },
  RUN_COMMAND_NOT_EXECUTABLE: {
    summary: "The command to run exists but cannot be executed.",
    exit: EXIT.notExecutable,
    http: 422,
  },
  RUN_ARGUMENTS_TOO_LONG: {
    summary: "The arguments and variables of the command exceed what the operating system passes on.",
    exit: EXIT.notExecutable,
    http: 413,
  },
  RUN_VARIABLE_UNFIT: {
    summary: "A setting's name or value cannot be an environment variable.",
    exit: EXIT.findings,
    http: 422,
  },
  RUN_ENVIRONMENT_CHANGED: {
    summary: "The compiled settings select another environment than the one they were read for.",
    exit: EXIT.refused,
    http: 409,
  },
});
