/** Flags that commands over an environment's settings share: `--set NAME=VALUE` and `--phase`. */
import * as z from "zod";
import type { Resolution } from "../config/index.ts";
import { PHASES } from "../model/setting.ts";
import { appErrors } from "./errors.ts";

/** To be spread into an input's schema. */
export const settingFlags = {
  set: z
    .array(z.string())
    .default([])
    .meta({ description: "NAME=VALUE, above all layers, for this command alone; may be repeated" }),
  phase: z.enum(PHASES).optional().meta({ description: "ask only for what is needed then" }),
};

/** What `--set` gives, by name. @throws APP_BAD_INPUT for a word without `=` */
export function assignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)];
      throw appErrors.APP_BAD_INPUT({
        what: "--set needs NAME=VALUE",
        // A word without a name may be the value: it is not said again.
        where: `--set ${equals < 0 ? "…" : "=…"}`,
        fix: "--set NAME=VALUE",
      });
    }),
  );
}

/**
 * Refuses a secret among the flags: arguments are seen by every process of the machine.
 *
 * @throws APP_BAD_INPUT
 */
export function refuseSecretFlags({ environment, settings }: Resolution, names: Iterable<string>): void {
  for (const name of names) {
    if (!settings.get(name)?.secret) continue;
    throw appErrors.APP_BAD_INPUT({
      what: `--set can't give ${name}, which is a secret`,
      where: `--set ${name}=…`,
      why: "an argument is seen by every process of the machine",
      fix: `printf %s "$VALUE" | ringfence secret set ${name} -e ${environment}`,
    });
  }
}
