/**
 * What somebody could read while they were a recipient: the secrets of every file that is encrypted to them, and of the
 * earlier revisions in version control, which nothing can take back. Names only; values are compared and forgotten.
 */
import { isRingfenceError } from "../base/error.ts";
import type { ExposedHistory, ExposedSecret } from "../contract/secrets.ts";
import { type Environment, expandTemplate } from "../model/project.ts";
import { listSecrets, openSecrets } from "../secrets/index.ts";
import type { App } from "./app.ts";
import { openersFor } from "./identities.ts";
import { configure, readSecrets } from "./resolution.ts";

/** Values by name; undefined for a file that nothing here opens, or that is no secrets file of the environment. */
function valuesIn(app: App, environment: Environment, text: string): ReadonlyMap<string, string> | undefined {
  const file = expandTemplate(app.project.secretsPath, environment);
  const expect = { project: app.project.name, environment: environment.name };
  try {
    const { identities, dataKey, isShut, kind } = openersFor(app, environment, { file, text });
    if (isShut) return undefined;
    const opened = openSecrets(text, { file, expect, identities, dataKey, unbound: "allow" });
    app.opened(environment, opened, kind);
    return new Map(opened.values.map(({ name, value }) => [name, value]));
  } catch (error) {
    if (isRingfenceError(error) && error.code.startsWith("SECRETS_")) return undefined;
    throw error;
  }
}

function recipientsIn(text: string, file: string): readonly string[] {
  try {
    return listSecrets(text, { file }).recipients;
  } catch (error) {
    if (isRingfenceError(error) && error.code.startsWith("SECRETS_")) return [];
    throw error;
  }
}

/** Settings whose value another store keeps, by the reference that says where. */
function referredSettings(app: App, environment: Environment): ReadonlyMap<string, string> {
  const { settings } = configure(app, environment, { variables: {} });
  return new Map(
    [...settings.values()].flatMap(({ name, history }) => {
      const reference = history.find(({ wins }) => wins)?.reference;
      return reference === undefined ? [] : [[name, reference]];
    }),
  );
}

/**
 * The secrets that somebody can read now, and those that other stores keep for the same environment.
 *
 * @param keys recipients of the identities that they have
 */
export function readableSecrets(
  app: App,
  environment: Environment,
  keys: readonly string[],
): Omit<ExposedSecret, "state">[] {
  const { recipients, opened, entries } = readSecrets(app, environment);
  if (!recipients.some((one) => keys.includes(one))) return [];
  const docs = new Map(app.project.settings.map(({ name, doc }) => [name, doc]));
  const referred = referredSettings(app, environment);
  const names = new Set([...(opened?.values ?? entries).map(({ name }) => name), ...referred.keys()]);
  return [...names].map((name) => ({
    environment: environment.name,
    name,
    doc: docs.get(name) ?? null,
    reference: referred.get(name) ?? null,
  }));
}

/** The earlier revisions that somebody with these keys can read as long as there is a copy of them. */
export async function readableHistory(
  app: App,
  environment: Environment,
  keys: readonly string[],
): Promise<ExposedHistory[]> {
  const file = expandTemplate(app.project.secretsPath, environment);
  const now = readSecrets(app, environment);
  const current = new Map(now.entries.map(({ name, value }) => [name, value]));
  const versions = (await app.source.versions(file)).filter(
    ({ text }) => text !== now.text && recipientsIn(text, file).some((one) => keys.includes(one)),
  );
  if (versions.length === 0) return [];
  const opened = versions.map(({ text }) => valuesIn(app, environment, text));
  const earlier = opened.flatMap((values) =>
    [...(values ?? [])].filter(([name, value]) => current.get(name) !== value).map(([name]) => name),
  );
  const sealed = versions.filter((_, at) => opened[at] === undefined);
  const sealedNames = sealed.flatMap(({ text }) => listSecrets(text, { file }).names.map(({ name }) => name));
  const gone = sealedNames.filter((name) => !current.has(name));
  return [
    {
      environment: environment.name,
      file,
      commits: versions.map(({ commit }) => commit),
      earlier: [...new Set([...earlier, ...gone])].sort(),
      sealed: sealed.length,
    },
  ];
}

/** What has become of secrets that were exposed. @param previous the file as it was, encrypted */
export function stateOf(
  app: App,
  environment: Environment,
  previous: string | null,
): (name: string) => ExposedSecret["state"] {
  const before = previous === null ? undefined : valuesIn(app, environment, previous);
  const { opened, entries } = readSecrets(app, environment);
  const now = new Map(entries.map(({ name, value }) => [name, value]));
  return (name) => {
    if (!now.has(name)) return "gone";
    if (!opened || !before) return "unknown";
    // A former value that is not retired yet still counts.
    const counting = [now.get(name), opened.pasts.get(name)?.previous?.value];
    return counting.includes(before.get(name)) ? "same" : "rotated";
  };
}
