/** Taking over what `run` recorded in its spools into the store, once and in order. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../base/error.ts";
import { readSpool, takeOver } from "../snapshot/spool.ts";
import type { App } from "./app.ts";
import { stateFolder } from "./app.ts";

function environmentsWithSpool(root: string): string[] {
  try {
    const files = readdirSync(join(stateFolder(root), "spool"));
    return [...new Set(files.filter((file) => file.includes(".jsonl")).map((file) => file.slice(0, file.indexOf(".jsonl"))))];
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/**
 * Moves every spooled injection into the record.
 *
 * @returns what is wrong with the spools: a chain that does not fit was altered. What fits is taken over all the same.
 */
export async function takeOverSpools(app: App): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const environment of environmentsWithSpool(app.project.root)) {
    for (const taken of takeOver(app.project.root, environment)) {
      const problem = await importSpool(app, environment, taken.text);
      if (problem) problems.push(`${environment}: ${problem}`);
      rmSync(taken.path, { force: true });
    }
  }
  return problems;
}

async function importSpool(app: App, environment: string, text: string): Promise<string | undefined> {
  return app.record.transact(async (transaction, record) => {
    const head = await transaction.events.spoolHead(environment);
    const { entries, head: last, broken } = readSpool(text, head);
    for (const entry of entries) {
      await record({
        actor: entry.actor,
        action: "run.injected",
        subject: entry.command,
        environment,
        reason: entry.force ?? null,
        at: entry.at,
        host: entry.host,
        details: { pid: entry.pid, secrets: entry.secrets, method: entry.method },
      });
    }
    await transaction.events.setSpoolHead(environment, last);
    if (!broken) return undefined;
    const what = `line ${broken.line} of the spool does not fit: ${broken.why}`;
    await record({ actor: "ringfence", action: "spool.broken", subject: what, environment, result: "failed" });
    return what;
  });
}
