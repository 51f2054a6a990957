/** Compiles what `run` needs: the checked configuration of an environment as a sealed snapshot. */
import { digestOf } from "../base/digest.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import { assertUsable, shapesOf } from "../config/index.ts";
import { type Environment, expandTemplate } from "../model/project.ts";
import { secretsErrors } from "../secrets/index.ts";
import { type CommandAgain, detect, guardNested, guardRun } from "../snapshot/detection.ts";
import { identityPath, keyMaterial } from "../snapshot/home.ts";
import { describeInput, type SnapshotInput } from "../snapshot/inputs.ts";
import { writeIndex } from "../snapshot/project-index.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import { type Snapshot, writeSnapshot } from "../snapshot/snapshot.ts";
import { type App, openApp } from "./app.ts";
import { keepForNextTime } from "./cache.ts";
import { type Configuration, configure } from "./resolution.ts";
import { ruleOf } from "./rule.ts";

export interface RunInput {
  readonly folder: string;
  readonly environment: string | undefined;
  readonly force: string | undefined;
  /** The run as it was typed, with more flags: for fixes. */
  readonly again?: CommandAgain;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface CompiledRun {
  readonly root: string;
  readonly snapshot: Snapshot;
}

/** Described before they are read: a change in between is then seen at the next run. */
function describeInputs({ project, home }: App, environment: Environment): SnapshotInput[] {
  const paths = [
    MANIFEST,
    ...project.layers.map(({ path }) => expandTemplate(path, environment.name)),
    expandTemplate(project.secretsPath, environment.name),
    identityPath(home, project.name, environment.name),
  ];
  return paths.map((path) => describeInput(project.root, path));
}

/** @throws SECRETS_NO_IDENTITY when a secret stays sealed, CONFIG_INVALID for everything else that is wrong. */
function assertComplete(
  { project, home }: App,
  environment: Environment,
  configuration: Configuration,
): void {
  const sealed = [...configuration.settings.values()].filter((setting) => setting.sealed);
  if (sealed.length > 0) {
    throw secretsErrors.SECRETS_NO_IDENTITY({
      what: `${sealed.map(({ name }) => name).join(", ")} can't be opened here`,
      where: configuration.secrets.file,
      why: `this machine has no identity of ${environment.name}`,
      fix: `put it at ${identityPath(home, project.name, environment.name)}`,
    });
  }
  assertUsable(configuration);
}

function snapshotOf(app: App, environment: Environment, { inputs, configuration }: Draft): Snapshot {
  const { project, clock } = app;
  const settings = [...configuration.settings.values()];
  const texts = (wanted: typeof settings) => Object.fromEntries(wanted.map(({ name, text }) => [name, text]));
  const plain = texts(settings.filter(({ secret }) => !secret));
  return {
    format: 2,
    project: project.name,
    environment: environment.name,
    kind: environment.kind,
    production: environment.policies.production,
    runOutput: environment.policies.runOutput,
    recordRequired: environment.policies.runRecordRequired,
    detection: ruleOf(project),
    inputs,
    variables: texts(settings),
    shapes: shapesOf(project, environment),
    secretNames: settings.filter(({ secret }) => secret).map(({ name }) => name),
    declared: project.settings.map(({ name }) => name),
    secretsRevision: configuration.secrets.opened?.binding.revision ?? 0,
    revision: digestOf({ environment: environment.name, plain, secrets: configuration.secrets.digest }),
    program: RINGFENCE_VERSION,
    createdAt: new Date(clock.now()).toISOString(),
  };
}

/** A configuration as the files say now, with the files. */
export interface Draft {
  /** The manifest first. */
  readonly inputs: readonly SnapshotInput[];
  readonly configuration: Configuration;
}

/** Resolves; mistakes are findings of the configuration. @param variables the process environment to look at. */
export function draftOf(app: App, environment: Environment, variables = app.variables): Draft {
  const inputs = describeInputs(app, environment);
  return { inputs, configuration: configure(app, environment, variables) };
}

/** @throws SECRETS_NO_IDENTITY when a secret stays sealed, CONFIG_INVALID for everything else that is wrong. */
export function compile(app: App, environment: Environment, draft: Draft): Snapshot {
  assertComplete(app, environment, draft.configuration);
  return snapshotOf(app, environment, draft);
}

/** Seals a snapshot and writes it with the project's index. @throws the system's error. */
export function keepSnapshot({ project, home }: App, snapshot: Snapshot): void {
  writeSnapshot(project.root, snapshot, keyMaterial(home, project.name, snapshot.environment));
  const [manifest] = snapshot.inputs;
  writeIndex(project.root, {
    format: 1,
    project: project.name,
    manifest: manifest!,
    rule: snapshot.detection,
  });
}

/**
 * Resolves, checks and guards; writes the snapshot where the process environment changed nothing of it.
 *
 * @throws what resolving and guarding throw; CONFIG_INVALID; SECRETS_NO_IDENTITY when a secret stays sealed.
 */
export function compileRun(input: RunInput): CompiledRun {
  const app = openApp({ folder: input.folder, variables: input.variables });
  const { project } = app;
  const rule = ruleOf(project);
  const selection = detect(rule, { flag: input.environment, variables: input.variables, host: app.host });
  guardNested(selection, input.variables, input.again);
  guardRun(rule, selection, { host: app.host, force: input.force, again: input.again });
  const environment = project.environments.find(({ name }) => name === selection.environment)!;
  const draft = draftOf(app, environment);
  const snapshot = compile(app, environment, draft);
  const fromProcess = [...draft.configuration.settings.values()].some(({ history }) =>
    history.some(({ source, wins }) => wins && source === "process environment"),
  );
  if (!fromProcess) keepForNextTime(() => keepSnapshot(app, snapshot));
  return { root: project.root, snapshot };
}
