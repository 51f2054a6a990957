/** Operations as they are stored and shown: any mutation, from plan to record. */

import type { Json } from "../base/canonical-json.ts";
import type { Digest } from "../base/digest.ts";
import type { Gate } from "./gate.ts";

/**
 * waiting: planned, only approvals are missing. running: it has taken the lease; when its process died,
 * `operation resume` picks it up. Final: refused (a gate is shut that nobody here can open), succeeded,
 * failed (undone as far as it had come), cancelled.
 */
export type OperationState = "waiting" | "running" | "refused" | "succeeded" | "failed" | "cancelled";

/** Everything that would happen, as data. The digest is over all other fields. */
export interface Plan {
  readonly digest: Digest;
  /** One line for people. */
  readonly summary: string;
  /** The environment whose lease it needs; null for what belongs to the whole project. */
  readonly environment: string | null;
  /** What happens, in order, in words. */
  readonly effects: readonly string[];
  /** Facts that the steps run on; no secret. */
  readonly facts: Json;
}

/** `undone` and `failed` are final for the step. */
export type StepState = "pending" | "intended" | "done" | "failed" | "undone";

export interface StepRecord {
  readonly key: string;
  readonly title: string;
  readonly state: StepState;
  /** What the step reported: evidence, never a secret. */
  readonly result: Json;
}

export interface OperationRecord {
  readonly id: string;
  /** `promote`, `secret.set` … */
  readonly kind: string;
  readonly state: OperationState;
  readonly environment: string | null;
  readonly author: string;
  readonly input: Json;
  readonly plan: Plan;
  readonly gates: readonly Gate[];
  readonly steps: readonly StepRecord[];
  /** The error that ended it, in its JSON form. */
  readonly error: Json;
  /** Fencing token of the last lease it held; 0 before the first. */
  readonly token: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A signature of one person over one plan's digest. */
export interface Approval {
  readonly operation: string;
  readonly plan: Digest;
  readonly person: string;
  /** base64, Ed25519 over {@link approvalStatement}. */
  readonly signature: string;
  readonly at: string;
}

/** The bytes that an approver signs: nothing but the plan's digest and what it is. */
export function approvalStatement(plan: Digest): string {
  return `ringfence approval v1\n${plan}\n`;
}
