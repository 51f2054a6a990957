/** Compiles what `run` needs: the checked configuration of an environment as a sealed snapshot. */
import { digestOf } from "../base/digest.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import { assertUsable } from "../config/index.ts";
import { expandTemplate } from "../model/project.ts";
import { secretsErrors } from "../secrets/index.ts";
import { detect, guardNested, guardRun } from "../snapshot/detection.ts";
import { identityPath, keyMaterial } from "../snapshot/home.ts";
import { describeInput } from "../snapshot/inputs.ts";
import { writeIndex } from "../snapshot/project-index.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import { type Snapshot, writeSnapshot } from "../snapshot/snapshot.ts";
import { openApp } from "./app.ts";
import { configure } from "./resolution.ts";
import { ruleOf } from "./rule.ts";

export interface RunInput {
  readonly folder: string;
  readonly environment: string | undefined;
  readonly force: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface CompiledRun {
  readonly root: string;
  readonly snapshot: Snapshot;
}

/**
 * Resolves, checks and guards; writes the snapshot where the process environment changed nothing of it.
 *
 * @throws what resolving and guarding throw; CONFIG_INVALID; SECRETS_NO_IDENTITY when a secret stays sealed.
 */
export function compileRun(input: RunInput): CompiledRun {
  const app = openApp({ folder: input.folder, variables: input.variables });
  const { project, home } = app;
  const rule = ruleOf(project);
  const selection = detect(rule, { flag: input.environment, variables: input.variables, host: app.host });
  guardNested(selection, input.variables);
  const environment = project.environments.find(({ name }) => name === selection.environment)!;
  guardRun(rule, selection, { host: app.host, force: input.force });
  const secretsFile = expandTemplate(project.secretsPath, environment.name);
  const paths = [
    MANIFEST,
    ...project.layers.map(({ path }) => expandTemplate(path, environment.name)),
    secretsFile,
    identityPath(home, project.name, environment.name),
  ];
  // Described before they are read: a change in between is then seen at the next run.
  const inputs = paths.map((path) => describeInput(project.root, path));
  const configuration = configure(app, environment);
  const settings = [...configuration.settings.values()];
  const sealed = settings.filter((setting) => setting.sealed).map(({ name }) => name);
  if (sealed.length > 0) {
    throw secretsErrors.SECRETS_NO_IDENTITY({
      what: `${sealed.join(", ")} can't be opened here`,
      where: secretsFile,
      why: `this machine has no identity of ${environment.name}`,
      fix: `put it at ${identityPath(home, project.name, environment.name)}`,
    });
  }
  assertUsable(configuration);
  const variables = Object.fromEntries(settings.map(({ name, text }) => [name, text]));
  const secretNames = settings.filter(({ secret }) => secret).map(({ name }) => name);
  const plain = Object.fromEntries(
    settings.filter(({ secret }) => !secret).map(({ name, text }) => [name, text]),
  );
  const snapshot: Snapshot = {
    format: 1,
    project: project.name,
    environment: environment.name,
    kind: environment.kind,
    production: environment.policies.production,
    runOutput: environment.policies.runOutput,
    recordRequired: environment.policies.runRecordRequired,
    detection: rule,
    inputs,
    variables,
    secretNames,
    declared: project.settings.map(({ name }) => name),
    secretsRevision: configuration.secrets.opened?.binding.revision ?? 0,
    revision: digestOf({ environment: environment.name, plain, secrets: configuration.secrets.digest }),
    program: RINGFENCE_VERSION,
    createdAt: new Date(app.clock.now()).toISOString(),
  };
  const fromProcess = settings.some(({ history }) =>
    history.some(({ source, wins }) => wins && source === "process environment"),
  );
  if (!fromProcess) {
    writeSnapshot(project.root, snapshot, keyMaterial(home, project.name, environment.name));
    writeIndex(project.root, { format: 1, project: project.name, manifest: inputs[0]!, rule });
  }
  return { root: project.root, snapshot };
}
