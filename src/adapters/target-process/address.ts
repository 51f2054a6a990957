/** What the command line and a supervisor agree on: how one is started, and where the living one says it is. */
import type { ProcessIdentity } from "./process-identity.ts";

/** Raised when calls change their shape; a supervisor of another version is replaced, its processes stay. */
export const PROTOCOL = 1;

/** Exit code of a supervisor that found another one at work (EX_TEMPFAIL of sysexits.h). */
export const LOCKED_EXIT = 75;

/** The one argument of a supervisor, as JSON. No secret: every user of the machine can read it. */
export interface SupervisorOptions {
  readonly environment: string;
  readonly folder: string;
  /** Null: settings are sealed with a key that ends with the supervisor. */
  readonly keyFile: string | null;
  readonly routerEntry: string;
}

/** Content of `run/supervisor.address.json`. */
export interface Address extends ProcessIdentity {
  readonly socket: string;
  readonly protocol: number;
}
