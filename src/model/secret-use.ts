/** What the record says of the uses of secrets, counted: names and counts, never values. Plain types. */

/** What uses are counted by. */
export const GROUPINGS = ["person", "secret", "environment"] as const;

export type Grouping = (typeof GROUPINGS)[number];

/** The uses of one person, secret or environment. */
export interface SecretUseCount {
  /** Who, which environment, or which secret of the one environment that is named beside it. */
  readonly name: string;
  /** How often a process was given them. */
  readonly injected: number;
  /** How often a command read them for itself. */
  readonly opened: number;
  /** How often a command showed them. */
  readonly revealed: number;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
  readonly people: readonly string[];
  readonly environments: readonly string[];
  readonly commands: readonly string[];
  readonly hosts: readonly string[];
}

/** A use of a production environment's secrets by somebody, or on a host, that had never used them before. */
export interface UnusualSecretUse {
  readonly at: string;
  readonly who: string;
  readonly host: string;
  readonly environment: string;
  readonly command: string;
  /** `person`: they had never used this environment's secrets; `host`: nor anybody on this host. */
  readonly first: "person" | "host";
}
