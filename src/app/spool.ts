/** Taking over what runs and openings left in the spools into the store, once and in order. */
import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../base/atomic-file.ts";
import type { SpoolEntry } from "../snapshot/spool.ts";
import {
  finishTakeOver,
  spooledEnvironments,
  type TakenSpool,
  takeOver,
  untaken,
} from "../snapshot/take-over.ts";
import type { App } from "./app.ts";
import type { Entry } from "./record.ts";

/**
 * Moves every spooled line into the record. What fits of a spool is taken over; where its chain breaks, the
 * break itself is recorded and the altered file is kept beside the spool.
 *
 * @returns what is wrong with the spools, now.
 */
export async function takeOverSpools(app: App): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const environment of spooledEnvironments(app.project.root)) {
    for (
      let taken = takeOver(app.project.root, environment);
      taken;
      taken = takeOver(app.project.root, environment)
    ) {
      const problem = await importSpool(app, environment, taken);
      if (problem) problems.push(`${environment}: ${problem}`);
      finishTakeOver(taken);
    }
  }
  return problems;
}

/** What a line says, as an event of the record. */
function eventOf(entry: SpoolEntry): Entry {
  const { environment, command, at, host, pid, secrets, revision, seq: line } = entry;
  const common = { subject: command, environment, at, host };
  if ("event" in entry) {
    return {
      ...common,
      actor: entry.person ?? `os:${entry.actor}`,
      action: "secrets.opened",
      details: {
        pid,
        secrets,
        identity: entry.identity,
        ...(entry.operation !== undefined && { handedOut: entry.operation }),
        revision,
        line,
        user: entry.actor,
      },
    };
  }
  return {
    ...common,
    actor: `os:${entry.actor}`,
    action: "run.injected",
    reason: entry.force ?? null,
    details: { pid, secrets, method: entry.method, revision, line },
  };
}

async function importSpool(app: App, environment: string, taken: TakenSpool): Promise<string | undefined> {
  return app.record.transact(async (transaction, record) => {
    const { entries, broken } = untaken(taken, await transaction.events.spoolHead(environment));
    for (const entry of entries) await record(eventOf(entry));
    await transaction.events.setSpoolHead(environment, taken.head);
    if (!broken) return undefined;
    // Kept before this is committed: afterwards nobody would look at the altered file again.
    writeFileAtomic(`${taken.path}.broken`, readFileSync(taken.path), 0o600);
    const what = `line ${broken.line} of the spool does not fit: ${broken.why}`;
    await record({
      actor: "ringfence",
      action: "spool.broken",
      subject: what,
      environment,
      result: "failed",
    });
    return what;
  });
}
