/** A condition on the way into a stage. Unknown never counts as open. */

export type GateState = "open" | "shut" | "unknown";

export interface Gate {
  readonly name: string;
  readonly state: GateState;
  /** Why it is open or shut, with the evidence. */
  readonly why: string;
  /** What opens it; null when it is open. */
  readonly opens: string | null;
}
