/** Guards: the proof that environments share nothing. The only way in. */
export type { EnvironmentFacts, ForeignVariable, KeptFact, RecipientFact, UnreadFact } from "./claim.ts";
export { type ProofInput, proveIsolation } from "./proof.ts";
