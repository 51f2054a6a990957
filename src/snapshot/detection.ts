/**
 * Which environment is meant, and whether it may run here. Pure: the host, the variables and the flag are given.
 * The same rule decides in the hot path, in `which` and in every operation.
 */
import { globMatches } from "../base/glob.ts";
import { nearest } from "../base/nearest.ts";
import { snapshotErrors } from "./errors.ts";

export interface DetectedEnvironment {
  readonly name: string;
  readonly kind: string;
  /** By the environment's policies, not by its name. */
  readonly production: boolean;
  /** Host name patterns; `*` stands for any run of characters. */
  readonly hosts: readonly string[];
}

export interface DetectionRule {
  /** Variable that names the environment, usually `ENVIRONMENT`. */
  readonly variable: string;
  /** Environment that is meant where nothing says otherwise. */
  readonly fallback: string;
  readonly environments: readonly DetectedEnvironment[];
}

export type DetectionMethod = "flag" | "variable" | "hostname" | "default";

export interface Selection {
  readonly environment: string;
  readonly method: DetectionMethod;
}

/** What is known of the caller. */
export interface DetectionFacts {
  readonly flag?: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The machine's host name. */
  readonly host: string;
  /** The line with these flags in place of the wrong name, for the fix; `which` unless told. */
  readonly again?: CommandAgain | undefined;
}

/** True when the whole host name fits the pattern; upper and lower case are the same. */
export function hostMatches(pattern: string, host: string): boolean {
  return globMatches(pattern.toLowerCase(), host.toLowerCase());
}

function ownHost(environment: DetectedEnvironment, host: string): boolean {
  return environment.hosts.some((pattern) => hostMatches(pattern, host));
}

const WHICH_AGAIN: CommandAgain = (flags) => `ringfence which ${flags}`;

function known(
  rule: DetectionRule,
  name: string,
  where: string,
  again: CommandAgain = WHICH_AGAIN,
): DetectedEnvironment {
  const found = rule.environments.find((environment) => environment.name === name);
  if (found) return found;
  const names = rule.environments.map((environment) => environment.name);
  const near = nearest(name, names);
  throw snapshotErrors.ENV_UNKNOWN({
    what: `there is no environment ${JSON.stringify(name)}`,
    where,
    why: `the project has ${names.join(", ")}`,
    fix: near ? again(`-e ${near}`) : "ringfence env list",
    details: { known: names, nearest: near ?? null },
  });
}

/**
 * The flag, then the variable, then the host's name, then the default.
 *
 * @throws ENV_UNKNOWN for a name that the project does not have.
 * @throws ENV_AMBIGUOUS when it hangs on the host's name and that fits several environments.
 */
export function detect(rule: DetectionRule, { flag, variables, host, again }: DetectionFacts): Selection {
  if (flag !== undefined) {
    return { environment: known(rule, flag, `--environment ${flag}`, again).name, method: "flag" };
  }
  const named = variables[rule.variable];
  if (named) {
    return { environment: known(rule, named, `variable ${rule.variable}`, again).name, method: "variable" };
  }
  const byHost = rule.environments.filter((environment) => ownHost(environment, host));
  if (byHost.length > 1) {
    const names = byHost.map((environment) => environment.name);
    throw snapshotErrors.ENV_AMBIGUOUS({
      what: `host ${host} fits ${names.join(" and ")}`,
      where: `host ${host}`,
      why: "nothing else says which environment is meant",
      fix: `ringfence which -e ${names[0]}`,
    });
  }
  if (byHost[0]) return { environment: byHost[0].name, method: "hostname" };
  return { environment: known(rule, rule.fallback, "the default environment").name, method: "default" };
}

export interface RunGuardFacts {
  readonly host: string;
  /** Why the host's name shall not count; undefined when nobody forces anything. */
  readonly force?: string | undefined;
  /** The refused command with these flags added, for the fix; a run without its words unless told. */
  readonly again?: CommandAgain | undefined;
}

/** A command line as it was typed, with more flags. */
export type CommandAgain = (flags: string) => string;

const RUN_AGAIN: CommandAgain = (flags) => `ringfence run ${flags} -- <command>`;

/** Why a guard was overridden; undefined when all guards were open. */
export interface Forced {
  readonly reason: string;
  /** For people, on standard error. */
  readonly warning: string;
}

/**
 * Whether the selected environment may run on this host.
 *
 * @throws GUARD_PRODUCTION_NOT_EXPLICIT for production selected by a variable alone, or by default.
 * @throws GUARD_WRONG_HOST on a host of another environment, unless forced with a reason.
 */
export function guardRun(
  rule: DetectionRule,
  selection: Selection,
  { host, force, again = RUN_AGAIN }: RunGuardFacts,
): Forced | undefined {
  const selected = known(rule, selection.environment, "the selection");
  const atHome = ownHost(selected, host);
  const implicit = selection.method === "default" || (selection.method === "variable" && !atHome);
  if (selected.production && implicit) {
    const by = selection.method === "variable" ? `variable ${rule.variable}` : "the default environment";
    throw snapshotErrors.GUARD_PRODUCTION_NOT_EXPLICIT({
      what: `${selected.name} is a production environment and was selected by ${by} alone`,
      where: `host ${host}`,
      why: selected.hosts.length
        ? `the host's name fits none of ${selected.name}'s patterns (${selected.hosts.join(", ")})`
        : `${selected.name} declares no host patterns`,
      fix: again(`-e ${selected.name}`),
    });
  }
  const owners = rule.environments.filter((environment) => ownHost(environment, host));
  if (atHome || owners.length === 0) return undefined;
  const names = owners.map((environment) => environment.name).join(", ");
  const reason = force?.trim();
  if (!reason) {
    throw snapshotErrors.GUARD_WRONG_HOST({
      what: `host ${host} belongs to ${names}, not to ${selected.name}`,
      where: `host ${host}`,
      why: `its name fits the host patterns of ${names}`,
      fix: again(`${selection.method === "flag" ? "" : `-e ${selected.name} `}--force "<reason>"`),
      details: { host, belongsTo: owners.map((environment) => environment.name) },
    });
  }
  return {
    reason,
    warning: `host ${host} belongs to ${names}; running for ${selected.name} all the same, forced: ${reason}`,
  };
}

/** The variable that tells a child (and a run inside it) which environment it runs in. */
export const ENVIRONMENT_VARIABLE = "RINGFENCE_ENVIRONMENT";

/**
 * A run inside another environment's run would inherit its values.
 *
 * @throws GUARD_NESTED
 */
export function guardNested(
  selection: Selection,
  variables: Readonly<Record<string, string | undefined>>,
  again: CommandAgain = RUN_AGAIN,
): void {
  const outer = variables[ENVIRONMENT_VARIABLE];
  if (!outer || outer === selection.environment) return;
  throw snapshotErrors.GUARD_NESTED({
    what: `this is already a run for ${outer}; a run for ${selection.environment} cannot be started inside it`,
    where: `variable ${ENVIRONMENT_VARIABLE}`,
    why: `the settings of ${outer} would leak into ${selection.environment}`,
    fix: `env -i HOME="$HOME" PATH="$PATH" ${again(selection.method === "flag" ? "" : `-e ${selection.environment}`)}`,
  });
}
