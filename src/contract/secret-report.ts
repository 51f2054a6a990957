/** What `secret report` answers: the uses of secrets that the record tells of. */
import type { Grouping, SecretUseCount, UnusualSecretUse } from "../model/secret-use.ts";

export interface SecretReport {
  readonly by: Grouping;
  /** ISO 8601, UTC; null: since the record begins. */
  readonly since: string | null;
  readonly uses: readonly SecretUseCount[];
  readonly unusual: readonly UnusualSecretUse[];
}
