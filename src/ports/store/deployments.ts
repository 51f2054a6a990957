/** What ran where, what was verified, what is in quarantine. */
import type { Deployment, Quarantine, Verification } from "../../model/deployment.ts";

export interface DeploymentStore {
  /** The latest of an environment. */
  current(environment: string): Promise<Deployment | undefined>;
  /** Newest first. */
  history(environment: string, limit: number): Promise<readonly Deployment[]>;
  add(deployment: Deployment): Promise<void>;
  /** Oldest first. */
  verifications(version: string): Promise<readonly Verification[]>;
  verify(verification: Verification): Promise<void>;
  quarantine(version: string): Promise<Quarantine | undefined>;
  /** One per version; a later one replaces it. */
  putQuarantine(quarantine: Quarantine): Promise<void>;
  liftQuarantine(version: string): Promise<void>;
}
