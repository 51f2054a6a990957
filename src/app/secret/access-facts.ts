/** Whose keys open a secrets file: as it lies there, and as version control still has it. Needs no identity. */
import { join } from "node:path";
import { isRingfenceError } from "../../base/error.ts";
import type { AccessHolder, FormerHolder, SecretAccess } from "../../contract/secret-access.ts";
import { type Environment, expandTemplate } from "../../model/project.ts";
import { listSecrets, wrappedKeys } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { sealedPath } from "../break-glass/sealed.ts";
import { readTextIfThere } from "../project.ts";
import { holdersOfSecrets } from "../secret-holders.ts";

const rolesOf = ({ project }: App, name: string): readonly string[] =>
  project.people.find((person) => person.name === name)?.roles ?? [];

/** Whose a recipient is, by the manifest as it is now. */
function ownerOf({ project }: App, recipient: string): Pick<AccessHolder, "name" | "kind"> {
  const person = project.people.find((one) => one.recipient === recipient);
  if (person) return { name: person.name, kind: "person" };
  const machine = project.machines.find((one) => one.recipient === recipient);
  if (machine) return { name: machine.name, kind: "machine" };
  const owners = project.environments.filter(({ recipients }) => recipients.includes(recipient));
  if (owners.length > 0) return { name: owners.map(({ name }) => name).join(", "), kind: "identity" };
  return { name: recipient, kind: "unknown" };
}

function holdersIn(app: App, environment: Environment): AccessHolder[] {
  return holdersOfSecrets(app, environment).holders.map(({ kind, recipient, state }): AccessHolder => {
    if (kind === "key") {
      const [service = ""] = recipient.split(":");
      return { name: service, kind: "key service", key: recipient, state, roles: [] };
    }
    const owner = ownerOf(app, recipient);
    return {
      ...owner,
      key: recipient,
      state,
      roles: owner.kind === "person" ? rolesOf(app, owner.name) : [],
    };
  });
}

/** A revision of the file in version control. */
interface Revision {
  readonly commit: string;
  readonly names: readonly string[];
  readonly recipients: readonly string[];
}

/** What was no secrets file then let nobody in. */
function revisionOf(commit: string, text: string, file: string): Revision[] {
  try {
    const { names, recipients } = listSecrets(text, { file });
    return [{ commit, names: names.map(({ name }) => name), recipients }];
  } catch (error) {
    if (isRingfenceError(error) && error.code.startsWith("SECRETS_")) return [];
    throw error;
  }
}

async function formerIn(app: App, file: string, now: readonly string[]): Promise<FormerHolder[]> {
  const revisions = (await app.source.versions(file)).flatMap(({ commit, text }) =>
    revisionOf(commit, text, file),
  );
  const gone = new Set(revisions.flatMap(({ recipients }) => recipients).filter((one) => !now.includes(one)));
  return [...gone].map((key) => {
    const theirs = revisions.filter(({ recipients }) => recipients.includes(key));
    return {
      ...ownerOf(app, key),
      key,
      revisions: theirs.length,
      commit: theirs[0]!.commit,
      secrets: [...new Set(theirs.flatMap(({ names }) => names))].sort(),
    };
  });
}

function glassFile({ project }: App, environment: Environment): string | null {
  const file = sealedPath(project, environment);
  return readTextIfThere(join(project.root, file)) === undefined ? null : file;
}

/** @returns undefined where there is no secrets file. @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export async function accessTo(app: App, environment: Environment): Promise<SecretAccess | undefined> {
  const file = expandTemplate(app.project.secretsPath, environment);
  const text = readTextIfThere(join(app.project.root, file));
  if (text === undefined) return undefined;
  const { names, recipients } = listSecrets(text, { file });
  return {
    environment: environment.name,
    file,
    secrets: names.map(({ name }) => name),
    threshold: wrappedKeys(text, { file }).threshold,
    holders: holdersIn(app, environment),
    former: await formerIn(app, file, recipients),
    breakGlass: glassFile(app, environment),
    writers: environment.policies.signedSecrets ? app.project.people.map(({ name }) => name) : null,
  };
}
