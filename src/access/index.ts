/** Who may act: choosing the person and permitting a mutation. Pure; keys are read by the application. */
import { nearest } from "../base/nearest.ts";
import type { Environment, Person, Project } from "../model/project.ts";
import { accessErrors } from "./errors.ts";

export { accessErrors } from "./errors.ts";
export { countUses, type SecretUse, unusualUses } from "./use.ts";

/** A private key on this machine, by its public half. */
export interface LocalKey {
  readonly name: string;
  readonly publicText: string;
}

function withKey(project: Project, keys: readonly LocalKey[]): Person[] {
  return project.people.filter((person) => keys.some((key) => key.publicText === person.key));
}

/**
 * The person who acts: the named one, or the only one of the manifest whose key lies here.
 *
 * @returns undefined when nobody of the manifest has a key here and nobody was named.
 * @throws ACCESS_UNKNOWN_PERSON when the named one is unknown or has no key here; ACCESS_WHO when several have.
 */
export function choosePerson(
  project: Project,
  keys: readonly LocalKey[],
  wanted: string | undefined,
): Person | undefined {
  const present = withKey(project, keys);
  if (wanted === undefined) {
    if (present.length < 2) return present[0];
    throw accessErrors.ACCESS_WHO({
      what: "several people have keys on this machine",
      why: `${present.map((person) => person.name).join(", ")} could act`,
      fix: `add --as ${present[0]!.name}, or set RINGFENCE_AS=${present[0]!.name}`,
    });
  }
  const person = present.find((candidate) => candidate.name === wanted);
  if (person) return person;
  const declared = project.people.some((candidate) => candidate.name === wanted);
  const near = nearest(
    wanted,
    project.people.map((candidate) => candidate.name),
  );
  throw accessErrors.ACCESS_UNKNOWN_PERSON({
    what: declared ? `the key of ${wanted} is not on this machine` : `${wanted} is not in people:`,
    where: project.manifest,
    why: "an actor proves who they are with the private half of their key",
    fix: !declared && near ? `--as ${near}` : `ringfence me init --name ${wanted}`,
  });
}

/**
 * Permits or refuses a mutation. A project without people is one person's own: its user may do everything
 * that needs no second person. As soon as there are people, only they mutate.
 *
 * @throws ACCESS_DENIED
 */
export function authorise(
  project: Project,
  person: Person | undefined,
  environment: Environment | undefined,
): void {
  if (person) return;
  const production = environment?.policies.production ?? false;
  if (project.people.length === 0 && !production) return;
  throw accessErrors.ACCESS_DENIED({
    what: `nobody of people: acts here${environment ? `, so ${environment.name} stays as it is` : ""}`,
    where: project.manifest,
    why: production
      ? "a production kind is changed only by a person with a key"
      : "this project has people; only they change it",
    fix: "ringfence me init --name <your name>",
  });
}
