/** One use of a memory store: what decides whether a call is allowed now. */
import type { Tables } from "./tables.ts";

/** Both answer the tables, or throw when the use has ended or may not write. */
export interface Session {
  reading(): Tables;
  writing(): Tables;
}
