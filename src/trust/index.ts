/** The way into trust: which programs a project brings along, what they consist of, and whether they are trusted here. */
export { contentOf, isThere, type ProgramContent, type ProgramFile, type ReadFile } from "./content.ts";
export { trustErrors } from "./errors.ts";
export {
  layerProgram,
  layerPrograms,
  type Program,
  probeProgram,
  programsOf,
  type RotationPart,
  referenceProgram,
  rotationProgram,
  storeProgram,
} from "./program.ts";
export {
  formatTrustRecord,
  parseTrustRecord,
  type Trust,
  type TrustedProgram,
  type TrustRecord,
  trustOf,
  withTrusted,
} from "./record.ts";
export { type ProgramTrust, trustRequired, whyUntrusted } from "./refusal.ts";
