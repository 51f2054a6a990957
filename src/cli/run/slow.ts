/** `run` where no fresh snapshot helps: compiles the settings first, then ends as every run does. */
import { loadRun } from "../../app/catalogue.generated.ts";
import { type RunRequest, runAgain } from "./arguments.ts";
import { execute } from "./execute.ts";

const HELP = `Usage: ringfence run [-e ENVIRONMENT] [--project DIR] [--force REASON] -- COMMAND [ARGUMENT…]

Runs a command with an environment's settings and secrets in its variables; its exit code is passed on.

  -e, --environment NAME  the environment; else $ENVIRONMENT, the host name, the default
      --project DIR       the project's folder; else the nearest one upward with a ringfence.yaml
      --force REASON      go past the host guard; warned about and recorded
`;

/** @throws what compiling and executing throw */
export async function runSlowly(request: RunRequest): Promise<number> {
  if (request.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { compileRun } = await loadRun();
  const { root, snapshot } = compileRun({
    folder: request.project ?? process.cwd(),
    environment: request.environment,
    force: request.force,
    again: runAgain(request),
    variables: process.env,
  });
  return execute({ snapshot, root, request });
}
