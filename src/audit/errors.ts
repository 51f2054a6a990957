/** What can be wrong with the record. The codes of a verdict's problems stand here too. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const auditErrors = errorCatalogue({
  AUDIT_LOG_INVALID: {
    summary: "The record does not verify; the problems say which events are concerned.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_NODE_MISSING: {
    summary: "The store lacks a node of the record's tree, so that no root or proof can be made from it.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_CHECKPOINT_INVALID: {
    summary: "A checkpoint is malformed, or its signature is not one of the key that should have signed it.",
    exit: EXIT.failed,
    http: 422,
  },
  AUDIT_CHECKPOINT_MISSING: {
    summary: "The record has events and no signed checkpoint to hold them against.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_TAIL_CUT: {
    summary: "The record is shorter than its last signed checkpoint: events were removed from its end.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_ROOT_MISMATCH: {
    summary: "The events up to the checkpoint are not the ones that were signed.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_INDEX_GAP: {
    summary: "An event is missing between others, or stands at another place than its own.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_BODY_MALFORMED: {
    summary: "An event's body is not the canonical JSON that Ringfence writes.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_LEAF_MISMATCH: {
    summary: "An event's stored hash is not the hash of its body.",
    exit: EXIT.failed,
    http: 409,
  },
  AUDIT_NODE_MISMATCH: {
    summary: "A stored node of the tree is missing or is not the hash of the events below it.",
    exit: EXIT.failed,
    http: 409,
  },
});

/** Codes that a problem of a verdict can have. */
export type ProblemCode = Extract<
  keyof typeof auditErrors.kinds,
  | "AUDIT_CHECKPOINT_MISSING"
  | "AUDIT_TAIL_CUT"
  | "AUDIT_ROOT_MISMATCH"
  | "AUDIT_INDEX_GAP"
  | "AUDIT_BODY_MALFORMED"
  | "AUDIT_LEAF_MISMATCH"
  | "AUDIT_NODE_MISMATCH"
>;
