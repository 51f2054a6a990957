/** The version of this build of Ringfence. */

// Defined by the bundler (scripts/build.ts); absent when the sources run as they are.
declare const RINGFENCE_VERSION: string | undefined;

export const PROGRAM: string = typeof RINGFENCE_VERSION === "string" ? RINGFENCE_VERSION : "source";
