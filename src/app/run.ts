/** Compiles what `run` needs: the checked configuration of an environment as a sealed snapshot. */
import { rmSync } from "node:fs";
import { digestOf } from "../base/digest.ts";
import { nearest } from "../base/nearest.ts";
import { redact } from "../base/redact.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import { assertUsable, removedInPhase, settingsOfPhase, shapesOf, withReferences } from "../config/index.ts";
import { type Environment, expandTemplate, layersFor, type Project } from "../model/project.ts";
import { PHASES, type Phase, type ResolvedSetting } from "../model/setting.ts";
import { type CommandAgain, detect, guardNested, guardRun } from "../snapshot/detection.ts";
import { keyMaterial } from "../snapshot/home.ts";
import { describeInput, type SnapshotInput } from "../snapshot/inputs.ts";
import { writeIndex } from "../snapshot/project-index.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import { type Snapshot, snapshotPath, writeSnapshot } from "../snapshot/snapshot.ts";
import { layerPrograms } from "../trust/index.ts";
import { type App, openAppWithRules } from "./app.ts";
import { keepForNextTime } from "./cache.ts";
import { appErrors } from "./errors.ts";
import { identityFiles } from "./identities.ts";
import { failingIn } from "./incident.ts";
import type { AskPassphrase } from "./key-answers.ts";
import { assertOpened } from "./leaving-settings.ts";
import { keepLeases, type LeaseKeeper } from "./reference-leases.ts";
import { giveBack, type Prepared, prepared, warnOfEarlier } from "./references.ts";
import { type Configuration, type ConfigureOptions, configure } from "./resolution.ts";
import { ruleOf } from "./rule.ts";
import { conditionsOf } from "./run-conditions.ts";
import { requireTrust, trustIn } from "./trust/programs.ts";

export interface RunInput {
  readonly folder: string;
  readonly environment: string | undefined;
  readonly force: string | undefined;
  /** The run as it was typed, with more flags: for fixes. */
  readonly again?: CommandAgain;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What `--set` was given, as typed. */
  readonly set?: readonly string[];
  /** `run` where it is not told. */
  readonly phase?: string | undefined;
  /** Nothing will run: no store is asked, and the snapshot lacks what they would say. */
  readonly dryRun?: boolean;
  /** Asks for the passphrase of a locked identity; left out where nobody could answer. */
  readonly askPassphrase?: AskPassphrase | undefined;
  /** For what a person must see while the command runs. */
  readonly warn: (text: string) => void;
}

export interface CompiledRun {
  readonly root: string;
  readonly snapshot: Snapshot;
  /** What the caller's variables say in vain, for people; without secrets. */
  readonly warnings: readonly string[];
  /** Credentials to renew while the command runs, and to give back after it; undefined where there are none. */
  readonly leases: LeaseKeeper | undefined;
}

/** Described before they are read: a change in between is then seen at the next run. */
function describeInputs(app: App, environment: Environment): SnapshotInput[] {
  const { project } = app;
  const files = layersFor(project, environment).filter(
    ({ declaration }) => declaration.program?.kind !== "command",
  );
  const programs = trustIn(project.root, layerPrograms(project, [environment]), undefined);
  const paths = [
    MANIFEST,
    ...files.map(({ path }) => path),
    ...programs.flatMap(({ content }) => content.files.map(({ path }) => path)),
    expandTemplate(project.secretsPath, environment),
    ...identityFiles(app, environment),
  ];
  return [...new Set(paths)].map((path) => describeInput(project.root, path));
}

/** @throws SECRETS_NO_IDENTITY when a secret stays sealed, CONFIG_INVALID for everything else that is wrong. */
function assertComplete(
  app: App,
  environment: Environment,
  { settings, secrets, ...rest }: Configuration,
): void {
  assertOpened(app, environment, settings.values(), secrets.file);
  assertUsable({ settings, ...rest });
}

/** @throws APP_BAD_INPUT for a word that is no phase */
function phaseOf(word = "run"): Phase {
  const phase = PHASES.find((known) => known === word);
  if (phase) return phase;
  throw appErrors.APP_BAD_INPUT({
    what: `${JSON.stringify(word)} is no phase`,
    where: "--phase",
    fix: `--phase ${nearest(word, PHASES) ?? PHASES.join(" or --phase ")}`,
  });
}

/**
 * The names by which the process environment could change what a process of the phase gets: those that it may be
 * given, and what these refer to. A variable for builds in the shell changes no run.
 */
function decisive(
  project: Project,
  { configuration, phase }: Pick<Draft, "configuration" | "phase">,
): ReadonlySet<string> {
  const declared = project.settings.filter(({ phases }) => phases.includes(phase));
  const undeclared = [...settingsOfPhase(configuration, phase), ...configuration.removed.values()];
  const names = project.settings.length > 0 ? declared : undeclared;
  return withReferences(
    names.map(({ name }) => name),
    configuration,
  );
}

/** Whether a setting's value comes from another store, also by way of others. */
function isKeptElsewhere({ name }: ResolvedSetting, configuration: Configuration): boolean {
  return [...withReferences([name], configuration)].some((read) =>
    configuration.settings.get(read)?.history.some(({ reference }) => reference !== undefined),
  );
}

function snapshotOf(app: App, environment: Environment, { inputs, configuration, phase }: Draft): Snapshot {
  const { project, clock } = app;
  const settings = settingsOfPhase(configuration, phase);
  const removed = removedInPhase(configuration, phase);
  const texts = (wanted: typeof settings): Record<string, string> =>
    Object.fromEntries(wanted.map(({ name, text }) => [name, text]));
  const plain = texts(settings.filter(({ secret }) => !secret));
  const variables = texts(settings);
  const usesReferences = settings.some((setting) => isKeptElsewhere(setting, configuration));
  return {
    format: 4,
    project: project.name,
    environment: environment.name,
    kind: environment.kind,
    production: environment.policies.production,
    runOutput: environment.policies.runOutput,
    recordRequired: environment.policies.runRecordRequired,
    detection: ruleOf(project),
    inputs,
    programs: layerPrograms(project, [environment]).length > 0,
    variables,
    removed,
    shapes: shapesOf(project, environment, new Set(Object.keys(variables))),
    failures: { errors: environment.policies.errors, escalation: environment.policies.escalation },
    conditions: conditionsOf(project, environment),
    secretNames: settings.filter(({ secret }) => secret).map(({ name }) => name),
    declared: [...decisive(project, { configuration, phase })],
    secretsRevision: configuration.secrets.opened?.binding.revision ?? 0,
    revision: digestOf({ environment: environment.name, plain, secrets: configuration.secrets.digest }),
    program: RINGFENCE_VERSION,
    createdAt: new Date(clock.now()).toISOString(),
    expiresAtMs: usesReferences ? clock.now() + environment.policies.secretsCacheMs : null,
  };
}

/** A configuration as the files say now, with the files. */
export interface Draft {
  /** The manifest first. */
  readonly inputs: readonly SnapshotInput[];
  readonly configuration: Configuration;
  readonly phase: Phase;
  /** What other stores gave. */
  readonly given: Omit<Prepared<unknown>, "resolution">;
}

/** How a draft gets what other stores keep. */
interface DraftOptions extends ConfigureOptions {
  /** Left out: they are asked. `lasting`: for more than one run. */
  readonly stores?: "unasked" | "lasting" | undefined;
}

/**
 * Resolves for a phase, `run` where none is told, with what other stores keep; mistakes are findings of the
 * configuration.
 *
 * @throws REFERENCE_UNRESOLVED, REFERENCE_LEASED, TRUST_REQUIRED
 */
export async function draftOf(
  app: App,
  environment: Environment,
  { stores, ...options }: DraftOptions = {},
): Promise<Draft> {
  const phase = options.phase ?? "run";
  const inputs = describeInputs(app, environment);
  const resolveIn = (inside: App) => configure(inside, environment, { ...options, phase });
  const { resolution: configuration, ...given } = await prepared(app, environment, resolveIn, {
    phase,
    ...(stores === "unasked" && { only: [] }),
    ...(stores === "lasting" && { lasting: true }),
  });
  return { inputs, phase, configuration, given };
}

/** @throws SECRETS_NO_IDENTITY when a secret stays sealed, CONFIG_INVALID for everything else that is wrong. */
export function compile(app: App, environment: Environment, draft: Draft): Snapshot {
  assertComplete(app, environment, draft.configuration);
  return snapshotOf(app, environment, draft);
}

/**
 * Seals a snapshot and writes it with the project's index. Nothing is kept of what an identity opened that is not
 * always there: without its variable or its passphrase the next run must not have the secrets either.
 *
 * @throws the system's error.
 */
export function keepSnapshot({ project, home }: App, snapshot: Snapshot, { secrets }: Configuration): void {
  const material = secrets.isLasting ? keyMaterial(home, project.name, snapshot.environment) : undefined;
  if (material === undefined) {
    rmSync(snapshotPath(project.root, snapshot.environment), { force: true });
    return;
  }
  writeSnapshot(project.root, snapshot, material);
  const [manifest] = snapshot.inputs;
  writeIndex(project.root, {
    format: 1,
    project: project.name,
    manifest: manifest!,
    rule: snapshot.detection,
  });
}

/**
 * Resolves, checks and guards; writes the snapshot where the process environment changed nothing of it. What a
 * program will say the next time nobody knows, so that an environment with one is compiled anew for every run.
 *
 * @throws what resolving and guarding throw; TRUST_REQUIRED; CONFIG_INVALID; SECRETS_NO_IDENTITY when a secret stays
 * sealed.
 */
export async function compileRun(input: RunInput): Promise<CompiledRun> {
  const { folder, variables, warn, askPassphrase } = input;
  // A run records what it injects; one that runs nothing has only looked.
  const looking = input.dryRun ? { command: "run --dry-run" } : {};
  const app = await openAppWithRules({ folder, variables, warn, askPassphrase, ...looking });
  const { project } = app;
  const rule = ruleOf(project);
  const { again } = input;
  const { host } = app;
  const selection = detect(rule, { flag: input.environment, variables: input.variables, host, again });
  guardNested(selection, input.variables, again);
  guardRun(rule, selection, { host, force: input.force, again });
  const environment = project.environments.find(({ name }) => name === selection.environment)!;
  const { clock } = app;
  const place = () => ({ project, environment, command: "run", now: clock.now() });
  return failingIn(place, () => compiledRun(app, environment, input));
}

async function compiledRun(app: App, environment: Environment, input: RunInput): Promise<CompiledRun> {
  requireTrust(app, layerPrograms(app.project, [environment]));
  const draft = await draftOf(app, environment, {
    set: input.set ?? [],
    phase: phaseOf(input.phase),
    stores: input.dryRun ? "unasked" : undefined,
  });
  try {
    return keptRun(app, environment, draft, input);
  } catch (error) {
    await giveBack(draft.given.leases);
    throw error;
  }
}

/** Whether a snapshot says for a while what a run gets. */
function isLasting(draft: Draft, { expiresAtMs, programs }: Snapshot, now: number): boolean {
  if (draft.phase !== "run" || programs) return false;
  return (
    expiresAtMs === null ||
    (expiresAtMs > now && draft.given.offline.length + draft.given.leases.length === 0)
  );
}

function keptRun(app: App, environment: Environment, draft: Draft, { dryRun, warn }: RunInput): CompiledRun {
  const snapshot = compile(app, environment, draft);
  const names = new Set([...snapshot.declared, ...Object.keys(snapshot.variables)]);
  const fromCaller = [...draft.configuration.settings.values()].some(
    ({ name, history }) =>
      names.has(name) &&
      history.some(({ source, wins }) => wins && (source === "process environment" || source === "--set")),
  );
  const isAsked = !dryRun || snapshot.expiresAtMs === null;
  if (!fromCaller && isAsked && isLasting(draft, snapshot, app.clock.now())) {
    keepForNextTime(() => keepSnapshot(app, snapshot, draft.configuration));
  }
  const warnings = draft.configuration.findings
    .filter(({ code, severity }) => code === "SETTING_FINAL" && severity === "warning")
    .map(({ code, why, fix }) => redact(`${code}: ${why}; fix: ${fix}`));
  warnOfEarlier((text) => warnings.push(text), environment.name, draft.given);
  const leases = keepLeases(draft.given.leases, { clock: app.clock, warn });
  return { root: app.project.root, snapshot, warnings, leases };
}
