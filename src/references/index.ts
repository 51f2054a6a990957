/** The way into references: what they say, which field of an answer is meant, and how it is said that there is none. */
export { type Answers, fixFor, referenceReader } from "./answers.ts";
export { referencesErrors } from "./errors.ts";
export { fieldOf, withField } from "./field.ts";
export { type ReadReference, readReference } from "./reading.ts";
export { type UnresolvedReference, unresolvedError } from "./unresolved.ts";
