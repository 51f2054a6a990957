/** What stores have said so far, by environment: one environment's answer is no other's. */
import { type Environment, expandTemplate, type Project } from "../model/project.ts";
import type { ReferenceReader } from "../model/secret-reference.ts";
import type { SecretAnswer } from "../ports/secret-store.ts";
import { type Answers, referenceReader } from "../references/index.ts";

/** Answers by environment. */
export type ReferenceValues = ReadonlyMap<string, Answers>;

const NOTHING: Answers = new Map();

/** Schemes that are the project's own. */
export function ownSchemes({ stores }: Project): ReadonlySet<string> {
  return new Set(stores.filter(({ command }) => command !== undefined).map(({ scheme }) => scheme));
}

/** Reads the texts of an environment's secrets, with the values that were asked for. @param project whose stores count */
export function referencesOf(
  values: ReferenceValues,
  project: Project,
  environment: Environment,
): ReferenceReader {
  const answers = values.get(environment.name) ?? NOTHING;
  return referenceReader(ownSchemes(project), answers, (text) => expandTemplate(text, environment));
}

/** With more answers of one environment. */
export function withAnswers(
  values: ReferenceValues,
  environment: string,
  more: ReadonlyMap<string, SecretAnswer>,
): ReferenceValues {
  return new Map(values).set(environment, new Map([...(values.get(environment) ?? NOTHING), ...more]));
}

/** Tells which values of an environment's secrets file are references: no secrets, and shown. */
export function isReferenceIn(
  project: Project,
  environment: Environment,
): (name: string, text: string) => boolean {
  const read = referencesOf(new Map(), project, environment);
  const literal = new Set(
    project.settings.filter(({ reference }) => reference === false).map(({ name }) => name),
  );
  return (name, text) => !literal.has(name) && read(text)?.kind === "unasked";
}
