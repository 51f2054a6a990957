/**
 * The surface for library users: open a project, run any command of the catalogue, read what is what. The CLI does
 * nothing that can't be done from here.
 */
export { type App, type AppOptions, openApp, type Progress } from "./app/app.ts";
export { type CatalogueItem, catalogue } from "./app/catalogue.generated.ts";
export { type Answer, type Request, runCommand } from "./app/host.ts";
export { EXIT, isRingfenceError, RingfenceError } from "./app/public-errors.ts";
