/** The way into rules: conditions in CEL over an environment's settings. Loaded only where a project has some. */
export { checkRules } from "./check.ts";
