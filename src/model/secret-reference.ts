/** References to secrets that others keep, as a resolution meets them. What they look like and who is asked is told elsewhere. */
import type { Place } from "../base/place.ts";

/** What the manifest says of one store: a scheme of the project's own, answered by a command, or how long to wait for one. */
export interface StoreDeclaration {
  readonly scheme: string;
  /** Words with `{reference}`, `{path}` and the environment's own names in them; undefined for a scheme that is built in. */
  readonly command: readonly string[] | undefined;
  /** For one call; undefined: the usual time. */
  readonly timeoutMs: number | undefined;
  readonly place: Place;
}

/** The schemes that every project knows. */
export const STORE_SCHEMES = ["aws-sm", "aws-ssm", "aws-sts", "vault", "vault-lease", "file", "cmd"] as const;

/** What is known of a text that is a reference. */
export type ReferenceReading =
  | { readonly kind: "value"; readonly text: string }
  /** Nobody has asked the store. */
  | { readonly kind: "unasked" }
  /** `REFERENCE_INVALID`: no store could understand it. `REFERENCE_UNAVAILABLE`: the store was asked and gave no value. */
  | {
      readonly kind: "failed";
      readonly code: "REFERENCE_INVALID" | "REFERENCE_UNAVAILABLE";
      readonly why: string;
      readonly fix: string;
    };

/** What a secret's text is as a reference; undefined: it is none, but the value itself. */
export type ReferenceReader = (text: string) => ReferenceReading | undefined;

/** A reference that a setting's value hangs on, and that nobody has asked for. */
export interface PendingReference {
  /** The setting whose layer or secrets file has it; another one may only read that. */
  readonly setting: string;
  /** As written; it is no secret. */
  readonly text: string;
  readonly place: Place;
}
