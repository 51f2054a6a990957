/** Releases: semantic versions, the composed and verified release, and what a change of release means. */
export {
  type Change,
  compareReleases,
  type EnvironmentComparison,
  type ReleaseComparison,
  type SettingChange,
  type ValueChange,
} from "./comparison.ts";
export { releaseErrors } from "./errors.ts";
export { composeRelease, type ReleaseParts, releaseDigest, verifyRelease } from "./release.ts";
export {
  assertVersion,
  compareVersions,
  formatVersion,
  isVersion,
  nextVersion,
  parseVersion,
  type Version,
  type VersionPart,
} from "./version.ts";
