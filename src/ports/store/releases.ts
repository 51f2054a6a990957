/** Releases: written once, never changed. */
import type { Release } from "../../model/release.ts";

export interface ReleaseStore {
  get(version: string): Promise<Release | undefined>;
  /** Newest first. */
  list(): Promise<readonly Release[]>;
  /** Throws when the version exists: a release is immutable. */
  add(release: Release): Promise<void>;
}
