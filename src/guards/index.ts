/** Guards: the proof that environments share nothing. The only way in. */
export type { EnvironmentFacts, ForeignVariable, RecipientFact, UnreadFact } from "./claim.ts";
export { type ProofInput, proveIsolation } from "./proof.ts";
