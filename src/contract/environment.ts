/** Environments and what runs in them, as every face shows them. */

export interface WhichView {
  readonly environment: string;
  readonly method: "flag" | "variable" | "hostname" | "default";
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface EnvironmentView {
  readonly name: string;
  readonly kind: string;
  readonly production: boolean;
  readonly approvals: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly hosts: readonly string[];
}

export interface StatusView {
  readonly environments: readonly EnvironmentStatus[];
}

export interface EnvironmentStatus {
  readonly name: string;
  readonly kind: string;
  /** Version that the store says was deployed last; null when none. */
  readonly release: string | null;
  /** Null: unknown, and unknown is not good. */
  readonly healthy: boolean | null;
  /** Why it is healthy or not, one line a service. */
  readonly evidence: readonly string[];
  readonly addresses: Readonly<Record<string, string>>;
  /** The operation that holds or left the environment unfinished. */
  readonly operation: string | null;
}

/** What `env create` answers. */
export interface CreatedEnvironmentView {
  readonly environment: string;
  readonly kind: string;
  readonly template: string | null;
  /** Made, relative to the project's root. */
  readonly files: readonly string[];
  /** Names of the secrets that it still needs. */
  readonly secrets: readonly string[];
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
  readonly operation: string;
}
