/** Operations, their journal of steps, and approvals. */
import type { Approval, OperationRecord } from "../../model/operation.ts";

export interface OperationFilter {
  readonly environment?: string;
  readonly state?: OperationRecord["state"];
  /** Newest first, at most this many. */
  readonly limit?: number;
}

export interface OperationStore {
  get(id: string): Promise<OperationRecord | undefined>;
  /** Newest first. */
  list(filter?: OperationFilter): Promise<readonly OperationRecord[]>;
  /** Creates or replaces the whole record. */
  put(operation: OperationRecord): Promise<void>;
  approvals(operation: string): Promise<readonly Approval[]>;
  /** One per person and operation; a later one replaces it. An unknown operation is a bug and throws. */
  approve(approval: Approval): Promise<void>;
  /** Removes an operation's approvals: its plan has changed. */
  voidApprovals(operation: string): Promise<void>;
}
