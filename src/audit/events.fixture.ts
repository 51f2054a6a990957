/** A record in an array and events to put into it, for the tests of this folder; nothing else imports it. */
import type { AuditEvent } from "../model/audit-event.ts";
import type { EventStore, StoredEvent } from "../ports/store/events.ts";
import { appendEvent } from "./tree.ts";

export interface ArrayEvents extends EventStore {
  readonly events: StoredEvent[];
  /** By `level/index`. */
  readonly nodes: Map<string, string>;
}

export function arrayEvents(): ArrayEvents {
  const events: StoredEvent[] = [];
  const nodes = new Map<string, string>();
  const heads = new Map<string, string>();
  return {
    events,
    nodes,
    size: async () => events.length,
    range: async (from, to) => events.slice(from, to),
    node: async (level, index) => (level === 0 ? events[index]?.leaf : nodes.get(`${level}/${index}`)),
    append: async (event, completed) => {
      events.push(event);
      for (const node of completed) nodes.set(`${node.level}/${node.index}`, node.hash);
    },
    spoolHead: async (spool) => heads.get(spool),
    setSpoolHead: async (spool, head) => {
      heads.set(spool, head);
    },
  };
}

export function anEvent(number: number): AuditEvent {
  return {
    at: new Date(Date.UTC(2026, 10, 21, 12, 0, number)).toISOString(),
    actor: "alice",
    host: "build-1",
    action: "step.done",
    environment: number % 2 ? "staging" : null,
    subject: `step ${number}`,
    operation: "op_1",
    reason: null,
    result: "ok",
    details: { number, text: "ü€😀\n" },
  };
}

export async function recordOf(size: number): Promise<ArrayEvents> {
  const record = arrayEvents();
  for (let i = 0; i < size; i++) await appendEvent(record, anEvent(i));
  return record;
}
