/** Suites that need a component which npm does not bring. */
import { describe } from "vitest";

/** A suite that needs something from outside: skipped where it is missing, failed where everything is required. */
export function describeWith(name: string, missing: string | undefined, body: () => void): void {
  if (missing === undefined) describe(name, body);
  else if (process.env.RINGFENCE_REQUIRE_ALL === "1")
    throw new Error(`${name}: missing ${missing}, and RINGFENCE_REQUIRE_ALL is set`);
  else describe.skip(`${name} (missing: ${missing})`, body);
}

/** A suite that needs something which no machine has to have, not even where everything is required. */
export function describeWhereFound(name: string, missing: string | undefined, body: () => void): void {
  if (missing === undefined) describe(name, body);
  else describe.skip(`${name} (not found: ${missing})`, body);
}
