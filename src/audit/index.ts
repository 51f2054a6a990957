/** The record: appending events, proofs, signed checkpoints and the verifier. Entered only through this file. */
export { type Checkpoint, openCheckpoint, signCheckpoint } from "./checkpoint.ts";
export { auditErrors, type ProblemCode } from "./errors.ts";
export {
  type ConsistencyProof,
  EMPTY_ROOT,
  type InclusionProof,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
export type { NoteSigner, NoteVerifier } from "./note.ts";
export { appendEvent, consistencyProof, inclusionProof, rootAt } from "./tree.ts";
export { type LogProblem, type LogVerdict, logError, verifyLog } from "./verify.ts";
