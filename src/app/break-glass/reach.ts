/**
 * Which sealed copies of environments' identities somebody can open. Such a copy opens the secrets whoever they are
 * encrypted to otherwise, also from version control, until the environment has another identity.
 */
import { join } from "node:path";
import { digestOfBytes } from "../../base/digest.ts";
import type { OperationRecord } from "../../model/operation.ts";
import { type Environment, expandTemplate } from "../../model/project.ts";
import type { App } from "../app.ts";
import { readTextIfThere } from "../project.ts";
import { type SealFacts, sealedPath } from "./sealed.ts";

/** A copy that somebody can open. JSON, for a plan's facts. */
export interface SealedReach {
  readonly environment: string;
  readonly file: string;
  /** Recipients of the identities that may lie in it; it opens nothing any more once the environment has none of them. */
  readonly identities: readonly string[];
  /** The secrets file as it is, encrypted: revoking writes it anew only for those who are a recipient besides. */
  readonly previous: string | null;
}

const factsOf = ({ plan }: OperationRecord): SealFacts => plan.facts as unknown as SealFacts;

/** Whose identities are the environment's own: of no person, of no machine. */
function ownIdentities({ holders }: Environment): string[] {
  return holders.filter(({ kind }) => kind === "identity").map(({ recipient }) => recipient);
}

/** The record says for whom a copy was sealed; of one that it does not know, anybody may have been meant. */
function identitiesFor(
  { project }: App,
  environment: Environment,
  seals: readonly OperationRecord[],
  person: string,
): readonly string[] {
  const text = readTextIfThere(join(project.root, sealedPath(project, environment)));
  const digest = text === undefined ? undefined : digestOfBytes(text);
  const known = seals.flatMap(({ steps }) => steps.map(({ result }) => result as { digest?: string } | null));
  const isUnknown = digest !== undefined && !known.some((one) => one?.digest === digest);
  const named = seals.map(factsOf).filter(({ people }) => people.includes(person));
  const own = ownIdentities(environment);
  return [
    ...(isUnknown ? own : []),
    ...named.flatMap(({ identity }) => (identity === undefined ? own : [identity])),
  ].filter((one) => environment.recipients.includes(one));
}

/** The copies that a person can open, and that still open secrets. */
export async function sealedReach(app: App, person: string): Promise<SealedReach[]> {
  const records = await app.store.read(({ operations }) => operations.list({ state: "succeeded" }));
  const seals = records.filter(({ kind }) => kind === "break-glass seal");
  return app.project.environments.flatMap((environment) => {
    const own = seals.filter((one) => one.environment === environment.name);
    const identities = [...new Set(identitiesFor(app, environment, own, person))];
    const file = sealedPath(app.project, environment);
    if (identities.length === 0) return [];
    const previous = readTextIfThere(
      join(app.project.root, expandTemplate(app.project.secretsPath, environment)),
    );
    return [{ environment: environment.name, file, identities, previous: previous ?? null }];
  });
}
