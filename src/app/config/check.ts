/** `ringfence config check`: everything that is wrong with the configuration, at once; of one environment or of all. */
import * as z from "zod";
import type { CheckAllView, CheckView } from "../../contract/check.ts";
import type { Environment } from "../../model/project.ts";
import type { App } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { settingFlags } from "../config-flags.ts";
import { type Context, defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { giveBack, prepared, warnOfEarlier } from "../references.ts";
import { type ConfigureOptions, configure, readLayers } from "../resolution.ts";
import { checkExit, checkedView } from "./checked.ts";

/** This shell's variables are left out: they would win in all environments alike. */
function checkAll(app: App, flags: Flags): CheckAllView {
  const all = app.project.environments.map((environment) => {
    const { side, problem } = comparedEnvironment(app, environment, flags);
    const layers = readLayers(app, environment);
    return { view: checkedView(app, environment, side.resolution, layers), problem };
  });
  return {
    environments: all.map(({ view }) => view),
    problems: all.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/** @throws APP_BAD_INPUT */
function refuseSelection({ method, environment }: Context): void {
  if (method !== "flag") return;
  throw appErrors.APP_BAD_INPUT({
    what: `--all and -e ${environment.name} contradict each other`,
    where: "ringfence config check",
    fix: "ringfence config check --all",
  });
}

type Flags = Pick<ConfigureOptions, "set" | "phase">;

/** With what other stores say; what they don't becomes findings. Leases are given back: only their being given counts. */
async function withReferences(
  { app, warn }: Context,
  environments: readonly Environment[],
  flags: Flags,
): Promise<App> {
  let known = app;
  for (const environment of environments) {
    const resolveIn = (inside: App) => comparedEnvironment(inside, environment, flags).side.resolution;
    const given = await prepared(known, environment, resolveIn, { phase: flags.phase, report: true });
    await giveBack(given.leases);
    warnOfEarlier(warn, environment.name, given);
    known = given.app;
  }
  return known;
}

export const query = defineQuery({
  name: "config check",
  summary: "Check an environment's configuration in four stages; exit 3 when there are errors",
  scope: "environment",
  input: z.object({
    all: z.boolean().optional().meta({ description: "check every environment; the worst exit code counts" }),
    sarif: z.boolean().optional().meta({ description: "print SARIF 2.1.0, for code scanning" }),
    resolve: z
      .boolean()
      .optional()
      .meta({ description: "ask other stores for the secrets that they keep; else nothing is asked" }),
    ...settingFlags,
  }),
  async run(context, { all, sarif: _, resolve, ...flags }): Promise<CheckView | CheckAllView> {
    const { app, environment } = context;
    if (all) {
      refuseSelection(context);
      return checkAll(resolve ? await withReferences(context, app.project.environments, flags) : app, flags);
    }
    const asked = resolve ? await withReferences(context, [environment], flags) : app;
    const configuration = configure(asked, environment, flags);
    return checkedView(app, environment, configuration, configuration.layers);
  },
  exit: checkExit,
});
