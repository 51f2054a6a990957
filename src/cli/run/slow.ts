/** `run` where no fresh snapshot helps: compiles the settings first, then ends as every run does. */
import { loadRun } from "../../app/catalogue.generated.ts";
import { redact } from "../../base/redact.ts";
import { hasConditions } from "../../snapshot/conditions.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { passphraseAsker } from "../passphrase.ts";
import { workingFolder } from "../working-folder.ts";
import { type RunRequest, runAgain } from "./arguments.ts";
import { isScrubbed, replaceByCommand, resolveRun } from "./execute.ts";
import { say } from "./report.ts";

const HELP = `Usage: ringfence run [-e ENVIRONMENT] [OPTION…] [--] COMMAND [ARGUMENT…]

Runs a command with an environment's settings and secrets in its variables; its exit code is passed on.

  -e, --environment NAME  the environment; else $ENVIRONMENT, the host name, the default
      --project DIR       the project's folder; else the nearest one upward with a ringfence.yaml
      --force REASON      go past the host guard; warned about and recorded
      --set NAME=VALUE    a setting for this run alone, above all layers; may be repeated; no secrets
      --phase PHASE       build or deploy: what the command is; else run
      --dry-run           say what would run with what, and run nothing
`;

/** @throws what compiling and executing throw */
export async function runSlowly(request: RunRequest): Promise<number> {
  if (request.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { compileRun } = await loadRun();
  const { root, snapshot, warnings, leases } = await compileRun({
    folder: request.project ?? workingFolder(),
    environment: request.environment,
    force: request.force,
    again: runAgain(request),
    variables: process.env,
    set: request.set,
    phase: request.phase,
    dryRun: request.dryRun,
    askPassphrase: passphraseAsker(),
    warn: (text) => say(`warning ${text}\n`),
  });
  for (const warning of warnings) say(`warning ${warning}\n`);
  if (request.dryRun) {
    process.stdout.write(redact(`${await planOf(request, snapshot)}\n`));
    return 0;
  }
  try {
    const run = resolveRun({ snapshot, root, request, leases });
    replaceByCommand(run, () => {});
    const { attend } = await import("./attend.ts");
    return await attend(run);
  } finally {
    await leases?.end();
  }
}

/** What would run with what: names, never a value, nor the command's arguments. */
async function planOf({ command, json }: RunRequest, snapshot: Snapshot): Promise<string> {
  const { environment, variables, secretNames, conditions } = snapshot;
  const isKept = conditions.logFile !== undefined;
  const output = isKept || isScrubbed(snapshot, process.env) ? "scrubbed" : "direct";
  const told = hasConditions(conditions)
    ? (await import("./told-conditions.ts")).tellOf(conditions)
    : undefined;
  const plan = {
    environment,
    command: command[0]!,
    settings: Object.keys(variables),
    secrets: secretNames,
    output,
    ...(told && { conditions: told.facts }),
  };
  if (json) return JSON.stringify(plan, null, 2);
  const sentence = `would run ${plan.command} in ${environment}: ${plan.settings.length} settings, ${secretNames.length} of them secret; output ${output}`;
  return [sentence, ...(told?.lines ?? [])].join("\n");
}
