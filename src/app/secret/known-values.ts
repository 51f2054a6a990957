/** The values that a leak scan looks for: of every environment that can be opened here, now and in earlier revisions. */
import { isRingfenceError } from "../../base/error.ts";
import { rememberSecret } from "../../base/redact.ts";
import type { SecretsProblem } from "../../contract/comparison.ts";
import { type Environment, expandTemplate } from "../../model/project.ts";
import type { RepositoryTexts } from "../../ports/repository-texts.ts";
import type { KnownValue } from "../../scan/index.ts";
import { openSecrets } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { openersFor } from "../identities.ts";
import { isReferenceIn } from "../reference-values.ts";

export interface KnownValues {
  readonly values: readonly KnownValue[];
  /** `NAME of environment` */
  readonly sealed: readonly string[];
  readonly problems: readonly SecretsProblem[];
}

/** An earlier file that this identity doesn't open, or that is none any more, gives no value. */
function openedThen(app: App, environment: Environment, file: string, text: string): readonly KnownValue[] {
  const expect = { project: app.project.name, environment: environment.name };
  try {
    const { identities, dataKey, isShut, kind } = openersFor(app, environment, { file, text });
    if (isShut) return [];
    const isShown = isReferenceIn(app.project, environment);
    const opened = openSecrets(text, { file, expect, identities, dataKey, unbound: "allow", isShown });
    app.opened(environment, opened, kind);
    const { values, pasts } = opened;
    const beside = [...pasts].flatMap(([name, { previous, pending }]) =>
      [previous, pending].flatMap((one) => (one ? [{ name, value: one.value }] : [])),
    );
    const secrets = [...values, ...beside].filter(({ name, value }) => !isShown(name, value));
    return secrets.map(({ name, value }) => ({
      name,
      environment: environment.name,
      text: value,
      former: true,
    }));
  } catch (error) {
    if (isRingfenceError(error)) return [];
    throw error;
  }
}

async function formerValues(
  app: App,
  environment: Environment,
  texts: RepositoryTexts,
): Promise<KnownValue[]> {
  const file = expandTemplate(app.project.secretsPath, environment);
  const all: KnownValue[] = [];
  for await (const text of texts.versions(file)) all.push(...openedThen(app, environment, file, text));
  return all;
}

/** Every value once for each setting; a former one only where no setting of that name has it now. */
function distinct(values: readonly KnownValue[]): KnownValue[] {
  const key = ({ name, environment, text }: KnownValue) => JSON.stringify([name, environment, text]);
  const kept = new Map<string, KnownValue>();
  for (const value of values) if (!kept.has(key(value))) kept.set(key(value), value);
  return [...kept.values()];
}

export async function knownValues(app: App, texts: RepositoryTexts): Promise<KnownValues> {
  const current: KnownValue[] = [];
  const former: KnownValue[] = [];
  const sealed: string[] = [];
  const problems: SecretsProblem[] = [];
  for (const environment of app.project.environments) {
    const { side, problem } = comparedEnvironment(app, environment);
    if (problem) problems.push(problem);
    for (const setting of side.resolution.settings.values()) {
      if (!setting.secret) continue;
      const name = `${setting.name} of ${environment.name}`;
      if (setting.sealed) sealed.push(name);
      else if (setting.text !== "") {
        const { name: key, text } = setting;
        current.push({ name: key, environment: environment.name, text, former: false });
      }
    }
    if (!problem) former.push(...(await formerValues(app, environment, texts)));
  }
  for (const { text } of former) rememberSecret(text);
  return { values: distinct([...current, ...former.filter(({ text }) => text !== "")]), sealed, problems };
}
