/** One entry of the record: who, what, where, when, why, result. */
import type { Json } from "../base/canonical-json.ts";

export interface AuditEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly host: string;
  /** `operation.started`, `step.intended`, `step.done`, `secret.read`, `run.injected` … */
  readonly action: string;
  readonly environment: string | null;
  /** What it is about: an operation, release or setting. */
  readonly subject: string;
  readonly operation: string | null;
  readonly reason: string | null;
  readonly result: "ok" | "intended" | "failed" | "refused";
  /** Fingerprints, digests and other facts; never a secret. */
  readonly details: Json;
}
