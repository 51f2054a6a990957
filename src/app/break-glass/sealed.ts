/** The sealed copy of an environment's identity: where it lies, and who can open it. */
import { join } from "node:path";
import { type Environment, expandTemplate, type Project } from "../../model/project.ts";
import { openSealedIdentities, recipientOf } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { identitiesAt } from "../identities.ts";
import { personIdentityPath } from "../identity-places.ts";
import { readTextIfThere } from "../project.ts";

/** What a sealing says of itself. JSON, for a plan's facts. */
export interface SealFacts {
  readonly file: string;
  readonly people: readonly string[];
  readonly recipients: readonly string[];
  /** The recipient of the identity that is sealed; records of earlier versions don't say it. */
  readonly identity?: string;
}

/** Beside the secrets file; relative to the project's root. */
export function sealedPath({ secretsPath }: Project, environment: Environment): string {
  return `${expandTemplate(secretsPath, environment).replace(/\.[^./]+$/, "")}.break-glass.age`;
}

function shut(environment: Environment, file: string, what: string, why: string): Error {
  return appErrors.SECRET_BREAK_GLASS_SHUT({
    what,
    where: file,
    why,
    fix: `ask who holds the identity of ${environment.name} to run: ringfence break-glass seal -e ${environment.name} --to person:NAME`,
  });
}

/** The text of the sealed copy. @throws SECRET_BREAK_GLASS_SHUT where there is none */
export function sealedText({ project }: Pick<App, "project">, environment: Environment): string {
  const file = sealedPath(project, environment);
  const text = readTextIfThere(join(project.root, file));
  if (text !== undefined) return text;
  throw shut(environment, file, `no identity of ${environment.name} is sealed`, "the file is not there");
}

/**
 * The environment's identity, by the personal one of who asks.
 *
 * @throws SECRET_BREAK_GLASS_SHUT for who was not named, has no identity here, or for an identity that opens nothing any more
 */
export function unsealed(app: App, environment: Environment, name: string): string {
  const { home, project } = app;
  const file = sealedPath(project, environment);
  const path = personIdentityPath(home, name);
  const personal = identitiesAt(app, path);
  const what = `${name} can't open the identity of ${environment.name}`;
  if (personal.length === 0)
    throw shut(environment, file, what, `there is no identity of ${name} at ${path}`);
  const text = sealedText({ project }, environment);
  const identities = openSealedIdentities(text, personal, file);
  if (!identities) throw shut(environment, file, what, `it was not sealed for ${name}`);
  const own = identities.find((one) => environment.recipients.includes(recipientOf(one)));
  if (own !== undefined) return own;
  throw shut(environment, file, what, `${environment.name} has another identity by now`);
}
