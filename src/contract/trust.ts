/** What a project would run by itself, and whether it is trusted on this machine. */
import type { Digest } from "../base/digest.ts";

export interface ProgramFileView {
  readonly path: string;
  /** Null for one that is gone. */
  readonly digest: Digest | null;
  /** Against what was trusted last; null where it is the same, or nothing was. */
  readonly change: "new" | "changed" | "gone" | null;
}

export interface ProgramView {
  readonly kind: "command" | "module" | "build" | "store" | "reference" | "rotation" | "probe";
  readonly name: string;
  readonly words: readonly string[];
  /** Where the manifest declares it; of a reference where that stands. */
  readonly where: string;
  /** Of the words and the files: what trust is bound to. */
  readonly digest: Digest;
  readonly state: "trusted" | "changed" | "never";
  /** When it was trusted last, ISO 8601, UTC. */
  readonly at: string | null;
  readonly files: readonly ProgramFileView[];
}

export interface TrustView {
  readonly project: string;
  /** Where the record of this project lies on this machine. */
  readonly record: string;
  readonly programs: readonly ProgramView[];
}

export interface TrustGivenView {
  readonly project: string;
  readonly record: string;
  /** Names of the programs that were not trusted before. */
  readonly trusted: readonly string[];
  readonly operation: string;
}

export interface TrustRevokedView {
  readonly project: string;
  /** Names of the programs that were trusted. */
  readonly revoked: readonly string[];
  readonly operation: string;
}
