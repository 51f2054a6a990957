/** Flags that commands over an environment's settings share: `--set NAME=VALUE` and `--phase`. */
import * as z from "zod";
import type { RingfenceError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { type Resolution, SETTING_NAME } from "../config/index.ts";
import type { Project } from "../model/project.ts";
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

function refusal(project: Project, name: string, value: string): RingfenceError | undefined {
  const { variable } = project.detect;
  if (name === variable) {
    const selected = project.environments.find((environment) => environment.name === value);
    return appErrors.APP_BAD_INPUT({
      what: `--set can't give ${name}, which names the environment`,
      where: `--set ${name}=…`,
      why: "it follows from the environment that is selected",
      fix: `-e ${selected?.name ?? "ENVIRONMENT"}`,
    });
  }
  return SETTING_NAME.test(name) ? undefined : unknownName(project, name, "no setting can be called that");
}

function unknownName({ settings, manifest }: Project, name: string, why: string): RingfenceError {
  const meant = nearest(
    name,
    settings.map((setting) => setting.name),
  );
  // What is near to no name may be a value that ends with `=`: it is not said again.
  const shown = meant && SETTING_NAME.test(name) ? name : "…";
  return appErrors.APP_BAD_INPUT({
    what: "--set gives what is no setting",
    where: `--set ${shown}=…`,
    why: meant ? `${why}; did you mean ${meant}?` : why,
    fix: meant ? `--set ${meant}=VALUE` : `declare it under settings in ${manifest}, or leave it out`,
  });
}

/**
 * What `--set` gives, by name.
 *
 * @throws APP_BAD_INPUT for a word without `=`, a name that no setting can have, and the one that names the environment
 */
export function assignments(project: Project, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals <= 0) {
        throw appErrors.APP_BAD_INPUT({
          what: "--set needs NAME=VALUE",
          // A word without a name may be the value: it is not said again.
          where: `--set ${equals < 0 ? "…" : "=…"}`,
          fix: "--set NAME=VALUE",
        });
      }
      const [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
      const refused = refusal(project, name, value);
      if (refused) throw refused;
      return [name, value];
    }),
  );
}

/**
 * Refuses a secret among the flags, since arguments are seen by every process of the machine, and a name that neither
 * the manifest nor a source of the environment has, where the manifest declares any.
 *
 * @throws APP_BAD_INPUT
 */
export function refuseFlags(
  project: Project,
  { environment, settings, removed }: Resolution,
  names: Iterable<string>,
): void {
  for (const name of names) {
    const setting = settings.get(name) ?? removed.get(name);
    if (setting?.secret) {
      throw appErrors.APP_BAD_INPUT({
        what: `--set can't give ${name}, which is a secret`,
        where: `--set ${name}=…`,
        why: "an argument is seen by every process of the machine",
        fix: `printf %s "$VALUE" | ringfence secret set ${name} -e ${environment}`,
      });
    }
    const isKnown = setting?.declaration || setting?.history.some(({ source }) => source !== "--set");
    if (!isKnown && project.settings.length > 0) {
      throw unknownName(project, name, `neither ${project.manifest} nor a layer of ${environment} has it`);
    }
  }
}
