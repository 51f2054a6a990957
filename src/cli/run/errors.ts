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
  RUN_OUTPUT_UNWRITABLE: {
    summary:
      "The command's output could not be written where the run's output goes; the command was let end.",
    exit: EXIT.failed,
    http: 500,
  },
  RUN_LIMIT_UNENFORCEABLE: {
    summary: "The environment bounds what a run may use, and this machine cannot enforce that.",
    exit: EXIT.refused,
    http: 409,
  },
  RUN_LIMIT_TIME: {
    summary: "The run took longer than its environment allows and was ended.",
    exit: EXIT.limited,
    http: 504,
  },
  RUN_LIMIT_MEMORY: {
    summary: "The run needed more memory than its environment allows, and the system ended a process of it.",
    exit: EXIT.limited,
    http: 507,
  },
  RUN_FOLDER_UNSAFE: {
    summary:
      "A folder of the environment leads elsewhere, belongs to others, is more open than declared, or cannot be made.",
    exit: EXIT.refused,
    http: 409,
  },
  RUN_VIEW_UNAVAILABLE: {
    summary: "The environment demands a view of its own files alone, and bubblewrap cannot give it here.",
    exit: EXIT.refused,
    http: 409,
  },
  RUN_LOG_UNWRITABLE: {
    summary: "The environment demands that output is kept in a file, and that file cannot be written.",
    exit: EXIT.refused,
    http: 500,
    retryable: true,
  },
  RUN_ENVIRONMENT_CHANGED: {
    summary: "The compiled settings select another environment than the one they were read for.",
    exit: EXIT.refused,
    http: 409,
  },
});
