/** Gathers what the proof of isolation is made from: each environment's settings, opened as far as this machine can. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { systemCode } from "../../base/error.ts";
import { formatPlace, type Place } from "../../base/place.ts";
import { isLayerMissing, type Resolution } from "../../config/index.ts";
import type {
  EnvironmentFacts,
  ForeignVariable,
  KeptFact,
  RecipientFact,
  UnreadFact,
} from "../../guards/index.ts";
import { type Environment, expandTemplate, type Project, prefixOwner } from "../../model/project.ts";
import type { ResolvedSetting } from "../../model/setting.ts";
import { readReference } from "../../references/index.ts";
import { listSecrets } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { readTextIfThere } from "../project.ts";
import { ownSchemes } from "../reference-values.ts";
import { serviceKeysIn } from "../service-keys.ts";

/** Findings that say: something that stands in the sources is in no setting. */
const LEFT_OUT = new Set(["SETTING_MISSING", "SETTING_SYNTAX", "SETTING_NAME", "SETTING_DUPLICATE"]);

/**
 * The path with symbolic links resolved as far as it exists: what is still to be made lies where its folder leads.
 *
 * @param root what relative paths begin at
 */
export function realPathFrom(root: string): (path: string) => string {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch (error) {
      if (systemCode(error) === undefined || dirname(path) === path) return path;
      return join(real(dirname(path)), basename(path));
    }
  };
  return (path) => real(resolve(root, path));
}

/** @param where as `file:line:column` */
function placeIn(where: string): Place {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(where) ?? [];
  return file === undefined
    ? { file: where, line: 0, column: 0 }
    : { file, line: Number(line), column: Number(column) };
}

function sealedFact({ settings }: Resolution, file: string): UnreadFact[] {
  const sealed = [...settings.values()]
    .filter(({ sealed, pending }) => sealed && !pending)
    .map(({ name }) => name);
  if (sealed.length === 0) return [];
  const what = sealed.length === 1 ? "1 secret" : `${sealed.length} secrets`;
  return [
    {
      subject: null,
      where: file,
      why: `${what} can't be opened here: ${sealed.join(", ")}`,
      fix: "ringfence isolation   # on the machine that keeps the identities of both environments",
    },
  ];
}

/** What has no value that could be held against others, each with why. */
function unreadFacts({ environment, settings, findings }: Resolution): UnreadFact[] {
  const unusable = new Set([...settings.values()].filter((one) => one.unusable).map(({ name }) => name));
  const told = findings
    .filter(({ severity }) => severity === "error")
    .filter(({ code, setting = "" }) => LEFT_OUT.has(code) || isLayerMissing(code) || unusable.has(setting))
    .map(({ setting = null, where, why, fix }) => ({ subject: setting, where, why, fix }));
  for (const { subject } of told) if (subject !== null) unusable.delete(subject);
  const untold = [...unusable].map((name) => ({
    subject: name,
    where: formatPlace(placeOf(settings.get(name)!)),
    why: `${name} has no value that can be read here`,
    fix: `ringfence config check -e ${environment}`,
  }));
  return [...told, ...untold];
}

function placeOf({ history }: ResolvedSetting): Place {
  return history.find(({ wins }) => wins)!.place;
}

/** What stands in other stores: which are not asked, so a reference is all that is known of it. */
function keptFacts({ project }: App, environment: Environment, { settings }: Resolution): KeptFact[] {
  const own = ownSchemes(project);
  const all = [...settings.values()].flatMap(({ name, history, pending = [] }) => [
    ...pending.map(({ setting, text, place }) => ({ subject: setting, text, place })),
    ...history.flatMap(({ reference, wins, merged, place }) =>
      reference !== undefined && (wins || merged) ? [{ subject: name, text: reference, place }] : [],
    ),
  ]);
  const facts = all.map(({ subject, text: written, place }): [string, KeptFact] => {
    const text = expandTemplate(written, environment);
    const read = readReference(text, own);
    const key = read?.kind === "reference" ? JSON.stringify([read.key, read.field ?? null]) : text.trim();
    return [`${subject} ${formatPlace(place)}`, { subject, place, key }];
  });
  return [...new Map(facts).values()];
}

/** Keys of key services and PGP that its file names: whoever may use one opens every file that does. */
function serviceKeysOf({ project }: App, file: string): RecipientFact[] {
  const text = readTextIfThere(join(project.root, file));
  const keys = text === undefined ? [] : serviceKeysIn(text, file);
  return keys.map(({ id, place }) => ({ recipient: id, place, isPerson: false }));
}

/** Recipients of the manifest, and those that the file was encrypted to besides. */
function recipientsOf({ project }: App, environment: Environment, file: string): RecipientFact[] {
  const text = readTextIfThere(join(project.root, file));
  const { recipients, holders, place } = environment;
  // Somebody who is let in by name may be let in elsewhere, too; an environment's own identity may not.
  const isPerson = (recipient: string) =>
    holders.some((one) => one.recipient === recipient && one.kind !== "identity");
  const declared = recipients.map((recipient) => ({ recipient, place, isPerson: isPerson(recipient) }));
  if (text === undefined) return declared;
  const besides = listSecrets(text, { file }).recipients.filter((one) => !recipients.includes(one));
  const secretsPlace = { file, line: 0, column: 0 };
  return [...declared, ...besides.map((recipient) => ({ recipient, place: secretsPlace, isPerson: false }))];
}

function foreignOf(project: Project, { findings }: Resolution): ForeignVariable[] {
  return findings.flatMap(({ code, setting, where }): ForeignVariable[] => {
    const owner =
      code === "SETTING_PREFIX" && setting !== undefined ? prefixOwner(project, setting) : undefined;
    if (!owner || setting === undefined) return [];
    return [{ name: setting, place: placeIn(where), owner: owner.name, ownerPlace: owner.place }];
  });
}

/** @throws what resolving throws, but for secrets that are refused: these make the environment unknown */
export function factsOf(app: App, environment: Environment): EnvironmentFacts {
  const { name, hosts, ports, folders, resources, place } = environment;
  const file = expandTemplate(app.project.secretsPath, environment);
  const { side, problem } = comparedEnvironment(app, environment);
  const { resolution } = side;
  const refused = problem && {
    subject: null,
    where: file,
    why: `${problem.code}: ${problem.why}`,
    fix: problem.fix ?? `ringfence secret list -e ${name}`,
  };
  return {
    name,
    settings: [...resolution.settings.values()],
    hosts,
    services: Object.entries(ports).map(([service, port]) => ({ name: service, port, place })),
    recipients: refused ? [] : [...recipientsOf(app, environment, file), ...serviceKeysOf(app, file)],
    folders,
    resources,
    foreign: foreignOf(app.project, resolution),
    unread: [...(refused ? [refused] : sealedFact(resolution, file)), ...unreadFacts(resolution)],
    kept: keptFacts(app, environment, resolution),
  };
}
