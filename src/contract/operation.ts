/** Operations as every face shows them. */
import type { Json } from "../base/canonical-json.ts";
import type { Gate } from "../model/gate.ts";
import type { OperationState, Plan, StepRecord } from "../model/operation.ts";

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly state: OperationState | "planned";
  readonly environment: string | null;
  readonly author: string;
  readonly plan: Plan;
  readonly gates: readonly Gate[];
  readonly steps: readonly StepRecord[];
  readonly error: Json;
  readonly createdAt: string;
  readonly updatedAt: string;
}
