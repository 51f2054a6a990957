/** The record as every face shows it. */
import type { AuditEvent } from "../model/audit-event.ts";

export interface AuditLogView {
  readonly size: number;
  readonly events: readonly (AuditEvent & { readonly index: number })[];
}

export interface AuditVerifyView {
  readonly size: number;
  /** RFC 6962 root, lower-case hexadecimal. */
  readonly root: string;
  readonly valid: boolean;
  /** Size that the checkpoint vouches for; null when there is none. */
  readonly checkpoint: number | null;
  readonly problems: readonly {
    readonly index: number | null;
    readonly code: string;
    readonly what: string;
  }[];
}
