/** The way into rotation: how old secrets may get and are, and new values for them. */

export { type Age, ageOf, needsAttention, type RotationState } from "./age.ts";
export { rotationErrors } from "./errors.ts";
export { newValue, type Random } from "./generate.ts";
