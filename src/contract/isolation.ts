/** What a proof of isolation answers, as every face shows it. */
import type { IsolationProof } from "../model/isolation.ts";

export interface IsolationView extends IsolationProof {
  readonly environments: readonly string[];
  /** The day on which exceptions were looked at, UTC. */
  readonly today: string;
}
