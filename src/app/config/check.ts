/** `ringfence config check`: everything that is wrong with the configuration, at once; of one environment or of all. */
import * as z from "zod";
import { parseDuration } from "../../base/units.ts";
import type { CheckAllView, CheckView } from "../../contract/check.ts";
import type { Finding } from "../../model/finding.ts";
import type { Environment } from "../../model/project.ts";
import type { ResolvedSetting } from "../../model/setting.ts";
import { type App, openProbes } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { settingFlags } from "../config-flags.ts";
import { type Context, defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { giveBack, prepared, warnOfEarlier } from "../references.ts";
import { type ConfigureOptions, configure, readLayers } from "../resolution.ts";
import { trustIn } from "../trust/programs.ts";
import { readTrustRecord } from "../trust/record-file.ts";
import { checkExit, checkedView } from "./checked.ts";
import { probeFindings } from "./probes.ts";

/** This shell's variables are left out: they would win in all environments alike. */
async function checkAll(app: App, flags: Flags, probing: Probing): Promise<CheckAllView> {
  const all = [];
  for (const environment of app.project.environments) {
    const { side, problem } = comparedEnvironment(app, environment, flags);
    const layers = readLayers(app, environment);
    const more = await probing(environment, side.resolution.settings);
    all.push({ view: checkedView(app, environment, side.resolution, layers, more), problem });
  }
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

const PROBE_MS = 5_000;

/** What asking vendors says of an environment's settings. */
type Probing = (
  environment: Environment,
  settings: ReadonlyMap<string, ResolvedSetting>,
) => Promise<readonly Finding[]>;

/** Asks nobody unless it is told to. @throws APP_BAD_INPUT for a time that is none */
async function probingFor(
  { app, warn }: Context,
  { probe, timeout }: { readonly probe: boolean | undefined; readonly timeout: string | undefined },
): Promise<Probing> {
  const timeoutMs = timeout === undefined ? PROBE_MS : parseDuration(timeout);
  if (timeoutMs === undefined || timeoutMs <= 0) {
    throw appErrors.APP_BAD_INPUT({
      what: `${JSON.stringify(timeout)} is no time to wait`,
      where: "--probe-timeout",
      fix: "ringfence config check --probe --probe-timeout 5s",
    });
  }
  if (!probe) return async () => [];
  const prober = await openProbes();
  return (environment, settings) =>
    probeFindings(environment, settings.values(), {
      prober,
      timeoutMs,
      tell: warn,
      trustIn: (programs) => trustIn(app.project.root, programs, readTrustRecord(app)),
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
    probe: z
      .boolean()
      .optional()
      .meta({ description: "ask vendors and servers whether credentials of a known format still work" }),
    "probe-timeout": z.string().optional().meta({ description: "how long each may take: 5s" }),
    ...settingFlags,
  }),
  async run(
    context,
    { all, sarif: _, resolve, probe, "probe-timeout": timeout, ...flags },
  ): Promise<CheckView | CheckAllView> {
    const { app, environment } = context;
    const probing = await probingFor(context, { probe, timeout });
    if (all) {
      refuseSelection(context);
      return checkAll(
        resolve ? await withReferences(context, app.project.environments, flags) : app,
        flags,
        probing,
      );
    }
    const asked = resolve ? await withReferences(context, [environment], flags) : app;
    const configuration = configure(asked, environment, flags);
    const more = await probing(environment, configuration.settings);
    return checkedView(app, environment, configuration, configuration.layers, more);
  },
  exit: checkExit,
});
