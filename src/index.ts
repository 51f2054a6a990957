/**
 * The surface for library users: run any command of the catalogue as the command line does, and read what is what.
 * The command line does nothing that can't be done from here.
 */
export type { Progress } from "./app/app.ts";
export { type CatalogueItem, catalogue } from "./app/catalogue.generated.ts";
export type { Answer } from "./app/host.ts";
export { type CommandOptions, command } from "./app/library.ts";
export { EXIT, isRingfenceError, RingfenceError } from "./app/public-errors.ts";
