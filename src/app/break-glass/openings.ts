/** Every time that an environment's identity was handed out, with what became of it: by the operations and the record. */
import { isRingfenceError } from "../../base/error.ts";
import type { GlassOpening } from "../../contract/break-glass.ts";
import type { AuditEvent } from "../../model/audit-event.ts";
import type { OperationRecord, StepRecord } from "../../model/operation.ts";
import type { App } from "../app.ts";
import { takeOverSpools } from "../spool.ts";

/** What other operations say of an opening. */
interface About {
  readonly opening?: string | null;
  readonly reason?: string;
}

const aboutOf = ({ plan }: OperationRecord) => plan.facts as About;

/** Names of what was opened, by the operation that handed the identity out. */
function openedIn(bodies: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const body of bodies) {
    const { action, details } = JSON.parse(body) as AuditEvent;
    if (action !== "secrets.opened") continue;
    const { handedOut, secrets } = details as { handedOut?: string; secrets: readonly string[] };
    if (handedOut === undefined) continue;
    found.set(handedOut, new Set([...(found.get(handedOut) ?? []), ...secrets]));
  }
  return found;
}

interface Facts {
  readonly closes: readonly OperationRecord[];
  readonly reviews: readonly OperationRecord[];
  readonly opened: ReadonlyMap<string, ReadonlySet<string>>;
  readonly now: number;
}

interface Times {
  readonly at: string;
  readonly until: string;
}

/** When it was handed out, as far as the step came to say it. */
function toldTimes({ result }: StepRecord): Times | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  const { opened: at, until } = result as { readonly opened?: string; readonly until?: string };
  return at === undefined || until === undefined ? undefined : { at, until };
}

/** Of a process that died between handing it out and saying so: when it was about to. */
function intendedTimes({ updatedAt: at, plan }: OperationRecord): Times {
  const { lastsMs } = plan.facts as { readonly lastsMs: number };
  return { at, until: new Date(Date.parse(at) + lastsMs).toISOString() };
}

/** Whether an identity was handed out, or may have been: what was begun and never ended counts as done. */
function isHandedOut({ id, steps: [step] }: OperationRecord, { opened }: Facts): boolean {
  if (!step || step.state === "pending") return false;
  return step.state === "intended" || toldTimes(step) !== undefined || opened.has(id);
}

function viewOf(record: OperationRecord, { closes, reviews, opened, now }: Facts): GlassOpening {
  const { person, reason } = record.plan.facts as { readonly person: string; readonly reason: string };
  const step = record.steps[0]!;
  const { at, until } = toldTimes(step) ?? intendedTimes(record);
  const close = closes.find((one) => aboutOf(one).opening === record.id);
  const review = reviews.find((one) => aboutOf(one).opening === record.id);
  // A time before it was opened is one of a clock that was set back.
  const isPast = now >= Date.parse(until) || now < Date.parse(at);
  return {
    operation: record.id,
    environment: record.environment!,
    person,
    reason,
    at,
    until,
    state: close || step.state === "undone" || isPast ? "over" : "open",
    closed: close ? { by: close.author, at: close.updatedAt } : null,
    review: review ? { by: review.author, at: review.updatedAt, reason: aboutOf(review).reason ?? "" } : null,
    secrets: [...(opened.get(record.id) ?? [])].sort(),
  };
}

/** The public key of who opened it. Undefined in records that keep none. */
export async function openerKey(app: App, id: string): Promise<string | undefined> {
  const record = await app.store.read(({ operations }) => operations.get(id));
  return (record?.plan.facts as { readonly key?: string } | undefined)?.key;
}

/** Newest first. What waits for approvals handed nothing out, and is not among them. */
export async function glassOpenings(app: App): Promise<readonly GlassOpening[]> {
  try {
    await takeOverSpools(app);
  } catch (error) {
    // An altered record takes nothing over, and is read all the same: whoever looks into it needs to.
    if (!isRingfenceError(error, "AUDIT_LOG_INVALID")) throw error;
  }
  const { records, bodies } = await app.store.read(async ({ operations, events }) => ({
    records: await operations.list(),
    bodies: (await events.range(0, await events.size())).map(({ body }) => body),
  }));
  const ofKind = (name: string) => records.filter(({ kind }) => kind === `break-glass ${name}`);
  const done = (name: string) => ofKind(name).filter(({ state }) => state === "succeeded");
  const facts = {
    closes: done("close"),
    reviews: done("review"),
    opened: openedIn(bodies),
    now: app.clock.now(),
  };
  return ofKind("open")
    .filter((record) => isHandedOut(record, facts))
    .map((record) => viewOf(record, facts));
}
