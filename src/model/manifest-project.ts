/** Makes the project of a manifest that the schema accepted, with defaults filled in and policies resolved. */
import type { Place } from "../base/place.ts";
import { parseDuration } from "../base/units.ts";
import type { FindingDraft } from "./finding-list.ts";
import { orderGraph } from "./graph.ts";
import { KIND_NAMES, KIND_POLICIES, type KindName } from "./kind.ts";
import { exceptionsOf, foldersOf, resourcesOf } from "./manifest-isolation.ts";
import { layersOf } from "./manifest-layers.ts";
import { resolvePolicies } from "./manifest-policies.ts";
import { designsOf, expectationsAt, rulesOf } from "./manifest-rules.ts";
import type { ManifestData } from "./manifest-schema.ts";
import type { Environment, EnvironmentTemplate, Person, Project, Service, Stage } from "./project.ts";
import { bareRecipient, holdersOf, type Machine } from "./recipient.ts";
import type { StoreDeclaration } from "./secret-reference.ts";
import type { SettingDeclaration, SettingValue } from "./setting.ts";
import { placeOf, type SourceNode } from "./source-tree.ts";

/** The built-in kind of that name, if it is one. */
function builtIn(name: string): KindName | undefined {
  return KIND_NAMES.find((kind) => kind === name);
}

function environmentsOf(
  data: ManifestData,
  root: SourceNode,
  people: readonly Person[],
  machines: readonly Machine[],
): Environment[] {
  return Object.entries(data.environments).map(([name, given]) => {
    const own = given ?? {};
    const kind = own.kind ?? name;
    const declared = data.kinds?.[kind];
    const like = declared && builtIn(declared.like);
    const basis = builtIn(kind) ?? like ?? "production";
    const resolved = resolvePolicies(
      { name: basis, policies: KIND_POLICIES[basis] },
      [
        { path: ["kinds", kind, "policies"], data: declared?.policies },
        { path: ["environments", name, "policies"], data: own.policies },
      ],
      root,
    );
    const holders = holdersOf(own.recipients ?? [], people, machines);
    return {
      name,
      kind,
      ...(like ? { like } : {}),
      short: own.short ?? name,
      region: own.region,
      ...resolved,
      hosts: own.hosts ?? declared?.hosts ?? [],
      ports: own.ports ?? {},
      recipients: [...new Set(holders.map(({ recipient }) => recipient))],
      holders,
      keys: own.keys ?? [],
      prefix: own.prefix,
      folders: foldersOf(own.folders ?? {}, root, name),
      resources: resourcesOf(root, name),
      place: placeOf(root, ["environments", name]),
    };
  });
}

function servicesOf(data: ManifestData, root: SourceNode): Service[] {
  return Object.entries(data.services ?? {}).map(([name, { entry, build, health, smoke }]) => ({
    name,
    build: build ? { kind: "command", ...build } : { kind: "entry", entry: entry ?? "" },
    health,
    smoke: smoke ?? [],
    place: placeOf(root, ["services", name]),
  }));
}

function storesOf(data: ManifestData, root: SourceNode): StoreDeclaration[] {
  return Object.entries(data.stores ?? {}).map(([scheme, { command, timeout }]) => ({
    scheme,
    command,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout),
    place: placeOf(root, ["stores", scheme]),
  }));
}

function pipelineOf(data: ManifestData, root: SourceNode): Stage[] {
  const stages = data.pipeline ?? {};
  const after = (name: string): string[] =>
    [(Object.hasOwn(stages, name) && stages[name]?.after) || []].flat();
  return orderGraph(Object.keys(stages), after).order.map((environment) => ({
    environment,
    after: after(environment),
    place: placeOf(root, ["pipeline", environment]),
  }));
}

function peopleOf(data: ManifestData, root: SourceNode): Person[] {
  return Object.entries(data.people ?? {}).map(([name, { key, roles, recipient }]) => ({
    name,
    key,
    roles: roles ?? [],
    recipient: recipient === undefined ? undefined : bareRecipient(recipient),
    place: placeOf(root, ["people", name]),
  }));
}

function machinesOf(data: ManifestData): Machine[] {
  return Object.entries(data.machines ?? {}).map(([name, { recipient }]) => ({
    name,
    recipient: bareRecipient(recipient),
  }));
}

function templatesOf(data: ManifestData, root: SourceNode): EnvironmentTemplate[] {
  return Object.entries(data.templates ?? {}).map(([name, { doc, parameters, environment, files }]) => ({
    name,
    doc,
    parameters: Object.entries(parameters ?? {}).map(([parameter, given]) => ({
      name: parameter,
      default: given?.default === undefined ? undefined : String(given.default),
      pattern: given?.pattern,
      doc: given?.doc,
    })),
    environment: environment as SettingValue,
    files: files ?? {},
    place: placeOf(root, ["templates", name]),
  }));
}

/** The project, given that nothing is wrong with its manifest. */
export function projectOf(
  data: ManifestData,
  root: SourceNode,
  settings: readonly SettingDeclaration[],
  at: { readonly root: string; readonly file: string },
): Project {
  const people = peopleOf(data, root);
  const machines = machinesOf(data);
  const environments = environmentsOf(data, root, people, machines);
  const usual = environments.find(({ name }) => name === "development") ?? environments[0];
  return {
    name: data.project,
    root: at.root,
    manifest: at.file,
    detect: {
      variable: data.detect?.variable ?? "ENVIRONMENT",
      fallback: data.detect?.default ?? usual?.name ?? "development",
    },
    environments,
    layers: layersOf(root, at.file),
    secretsPath: data.secrets ?? "secrets/{env}.yaml",
    stores: storesOf(data, root),
    settings,
    rules: rulesOf(data.rules ?? [], root),
    expectations: expectationsAt(root, ["expect"]),
    expectationFiles: data.expectFiles ?? [],
    byDesign: designsOf(data.byDesign ?? {}, root),
    templates: templatesOf(data, root),
    services: servicesOf(data, root),
    pipeline: pipelineOf(data, root),
    people,
    machines,
    exceptions: exceptionsOf(data.isolation?.allow ?? [], root),
  };
}

/**
 * Warns of stages whose approvals nobody can give. The author of a plan can't approve it, so with as many people as
 * approvers one approver fewer is left.
 */
export function* approverFindings(project: Project, root: SourceNode): Iterable<FindingDraft> {
  for (const { environment: name } of project.pipeline) {
    const environment = project.environments.find((candidate) => candidate.name === name);
    const { approvals = 0, approverRole: role } = environment?.policies ?? {};
    const able = project.people.filter(({ roles }) => role === undefined || roles.includes(role)).length;
    const possible = able > 0 && able === project.people.length ? able - 1 : able;
    if (approvals <= possible) continue;
    const place: Place = placeOf(root, ["environments", name, "policies", "approvals"]);
    const who = role === undefined ? "people" : `people with the role ${role}`;
    yield {
      code: "MANIFEST_APPROVERS",
      severity: "warning",
      place,
      why: `a promotion to ${name} needs ${approvals} approvals, but ${possible} ${who} besides the author can give one`,
      fix: "declare more of them under people (ringfence me init prints a key), or lower approvals",
    };
  }
}
