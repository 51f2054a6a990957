/** `ringfence secret report`: who used which secrets, by the record. What no process of Ringfence opened is not in it. */
import * as z from "zod";
import { countUses, type SecretUse, unusualUses } from "../../access/index.ts";
import { isRingfenceError } from "../../base/error.ts";
import { parseDuration } from "../../base/units.ts";
import type { SecretReport } from "../../contract/secret-report.ts";
import type { AuditEvent } from "../../model/audit-event.ts";
import { GROUPINGS } from "../../model/secret-use.ts";
import type { App } from "../app.ts";
import { defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { takeOverSpools } from "../spool.ts";

/** What the events that are uses say, by their action. A report of what was written is `audit log`. */
const USES: Readonly<Record<string, (event: AuditEvent) => Pick<SecretUse, "what" | "command" | "secrets">>> =
  {
    "run.injected": (event) => ({ what: "injected", command: event.subject, secrets: namesIn(event) }),
    "secrets.opened": (event) => ({ what: "opened", command: event.subject, secrets: namesIn(event) }),
    "secret.read": ({ subject }) => ({ what: "revealed", command: "secret get", secrets: [subject] }),
    "config.export": (event) => ({ what: "revealed", command: "config export", secrets: namesIn(event) }),
  };

function namesIn({ details }: AuditEvent): readonly string[] {
  return (details as { readonly secrets?: readonly string[] } | null)?.secrets ?? [];
}

function useIn(event: AuditEvent): SecretUse[] {
  const { at, actor, host, environment, action } = event;
  if (environment === null || !Object.hasOwn(USES, action)) return [];
  return [{ at, who: actor, host, environment, ...USES[action]!(event) }];
}

async function usesIn(app: App): Promise<SecretUse[]> {
  try {
    await takeOverSpools(app);
  } catch (error) {
    // An altered record takes nothing over, and is read all the same: whoever looks into it needs to.
    if (!isRingfenceError(error, "AUDIT_LOG_INVALID")) throw error;
  }
  const stored = await app.store.read(async ({ events }) => events.range(0, await events.size()));
  return stored.flatMap(({ body }) => useIn(JSON.parse(body) as AuditEvent));
}

/** ISO 8601 of so long ago. @throws APP_BAD_INPUT */
function momentOf(since: string, now: number): string {
  const ms = parseDuration(since);
  if (ms !== undefined) return new Date(now - ms).toISOString();
  throw appErrors.APP_BAD_INPUT({
    what: `${JSON.stringify(since)} is no duration`,
    where: "--since",
    fix: "ringfence secret report --since 30d",
  });
}

export const query = defineQuery({
  name: "secret report",
  summary: "Report who used which secrets, from the record: counts, first and last use, what is unusual",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({
    by: z.enum(GROUPINGS).default("person").meta({ description: "what is counted" }),
    since: z.string().optional().meta({ description: "only uses that are not older, such as 30d" }),
  }),
  async run({ app, named }, { by, since }): Promise<SecretReport> {
    const from = since === undefined ? null : momentOf(since, app.clock.now());
    const isMeant = ({ at, environment }: { readonly at: string; readonly environment: string }) =>
      (from === null || at >= from) && (!named || named.name === environment);
    const all = await usesIn(app);
    const production = app.project.environments.filter(({ policies }) => policies.production);
    const unusual = unusualUses(all, new Set(production.map(({ name }) => name)));
    return { by, since: from, uses: countUses(all.filter(isMeant), by), unusual: unusual.filter(isMeant) };
  },
});
