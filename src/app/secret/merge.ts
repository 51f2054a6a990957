/**
 * `ringfence secret merge BASE OURS THEIRS PATH`: git's merge driver for secrets files. Git calls it in the middle of a
 * merge, in which no operation could run and nothing has happened yet: it writes the file that git gave it to write,
 * and neither the store nor any other file. What it made is recorded when the next operation finds it.
 */
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { type Environment, expandTemplate } from "../../model/project.ts";
import {
  mergePasts,
  mergeValues,
  type OpenedSecrets,
  openSecrets,
  secretsErrors,
  verifySignature,
} from "../../secrets/index.ts";
import { highestRevision } from "../../snapshot/home.ts";
import type { App } from "../app.ts";
import { type Context, defineQuery } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { noIdentity, openersFor } from "../identities.ts";
import { readNamedText } from "../project.ts";
import { encrypt, valuesOf } from "../secrets-change.ts";
import { serviceKeysIn } from "../service-keys.ts";

/** @throws APP_BAD_INPUT for a path that is no environment's secrets file */
function environmentAt({ project }: App, path: string): Environment {
  const paths = new Map(project.environments.map((one) => [expandTemplate(project.secretsPath, one), one]));
  const found = [...paths].find(([file]) => path === file || path.endsWith(`/${file}`))?.[1];
  if (found) return found;
  throw appErrors.APP_BAD_INPUT({
    what: `${path} is no secrets file of this project`,
    where: project.manifest,
    why: `the secrets files are ${[...paths.keys()].join(", ")}`,
    fix: "git merge --abort   # then: ringfence secret git-setup",
  });
}

/** One side, opened and, where the environment demands it, with its signature verified. @throws SECRETS_… */
function side(app: App, environment: Environment, text: string, file: string): OpenedSecrets {
  if (environment.policies.signedSecrets)
    verifySignature(text, app.project.people, { file, environment: environment.name });
  const expect = { project: app.project.name, environment: environment.name };
  const { identities, dataKey, isShut, lookedIn, kind } = openersFor(app, environment, { file, text });
  if (isShut)
    throw noIdentity(app, environment, {
      what: `${file} can't be opened here, so it can't be merged here`,
      file,
      text,
    });
  const opened = openSecrets(text, { file, expect, identities, dataKey, lookedIn });
  app.opened(environment, opened, kind);
  return opened;
}

/** What both come from; a common ancestor has no one to sign it any more. Undefined where there is none. */
function ancestor(app: App, environment: Environment, text: string, file: string): OpenedSecrets | undefined {
  if (text.trim() === "") return undefined;
  const unsigned = { ...environment, policies: { ...environment.policies, signedSecrets: false } };
  return side(app, unsigned, text, file);
}

/**
 * A side that is older than what both come from is an earlier file that was put back: its signature still counts, and
 * merging would sign its values anew, as the newest.
 *
 * @throws SECRETS_REPLAYED
 */
function refuseReplay(which: string, { binding, file }: OpenedSecrets, base: OpenedSecrets | undefined) {
  if (!base || binding.revision >= base.binding.revision) return;
  throw secretsErrors.SECRETS_REPLAYED({
    what: `${which} has the secrets of ${binding.environment} at revision ${binding.revision}, which is older than what both branches come from (revision ${base.binding.revision})`,
    where: file,
    why: "an older file was put back there, so secrets that were changed or revoked would return; or this clone was set up before git was told how to merge branches that met before",
    fix: `git merge --abort; ringfence secret git-setup   # then merge again; if it stays, on that branch: git log --oneline -- ${file}; or, where the older one is meant: ringfence secret accept -e ${binding.environment} --reason "<why>"`,
    details: { revision: binding.revision, ancestor: base.binding.revision },
  });
}

/** @throws SECRETS_CONFLICT for names that both branches changed; the merged file is written already. */
function reportConflicts(names: readonly string[], file: string, { name }: Environment): void {
  if (names.length === 0) return;
  const commands = names.map((one) => `ringfence secret set ${one} -e ${name}`).join(" && ");
  throw secretsErrors.SECRETS_CONFLICT({
    what: `both branches changed ${names.join(", ")}`,
    where: file,
    why: "the file is merged but for these, which are as they are in this branch",
    fix: `${commands}   # where another value shall hold; then: git add ${file}`,
    details: { environment: name, conflicts: names },
  });
}

/** Whom the result is encrypted to: whom the manifest names, but for those that the other branch has let out. */
function recipientsOf({ recipients }: Environment, before: readonly string[], theirs: readonly string[]) {
  return recipients.filter((one) => !before.includes(one) || theirs.includes(one));
}

/** Keys of key services and PGP that the other branch has taken out of the file; its data key is another one then. */
function keysLetOut({ base, theirs }: Texts, file: string): readonly string[] {
  if (base.trim() === "") return [];
  const kept = serviceKeysIn(theirs, file).map(({ id }) => id);
  return serviceKeysIn(base, file)
    .map(({ id }) => id)
    .filter((id) => !kept.includes(id));
}

async function merged(context: Context, environment: Environment, texts: Texts, file: string) {
  const { app, actor } = context;
  const ours = side(app, environment, texts.ours, file);
  const theirs = side(app, environment, texts.theirs, file);
  const base = ancestor(app, environment, texts.base, file);
  refuseReplay("this branch", ours, base);
  refuseReplay("the other branch", theirs, base);
  const { values, conflicts, taken } = mergeValues(valuesOf(base), valuesOf(ours), valuesOf(theirs));
  const seen = highestRevision(app.home, app.project.name, environment.name);
  const revision = Math.max(ours.binding.revision, theirs.binding.revision, seen) + 1;
  const recipients = recipientsOf(environment, base?.recipients ?? [], theirs.recipients);
  const gone = keysLetOut(texts, file);
  const keys = environment.keys.filter((id) => !gone.includes(id));
  const writer = {
    app,
    actor,
    environment: { ...environment, recipients, keys },
    dropsKeys: gone.length > 0,
  };
  const beside = { base: base?.pasts ?? new Map(), ours: ours.pasts, theirs: theirs.pasts };
  const { pasts, conflicts: pending } = mergePasts(beside, Object.keys(values), taken);
  const text = await encrypt(writer, { file, text: texts.ours }, values, revision, pasts);
  return { text, conflicts: [...new Set([...conflicts, ...pending])], taken, revision };
}

interface Texts {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

export const query = defineQuery({
  name: "secret merge",
  summary: "Merge secrets files by name: git's merge driver, which git calls itself (secret git-setup)",
  scope: "project",
  input: z.object({
    base: z.string().meta({ position: 0, description: "the file with the common ancestor (%O)" }),
    ours: z
      .string()
      .meta({ position: 1, description: "the file with this branch's version, written anew (%A)" }),
    theirs: z.string().meta({ position: 2, description: "the file with the other branch's version (%B)" }),
    path: z.string().meta({ position: 3, description: "the file's path in the repository (%P)" }),
  }),
  async run(context, { base, ours, theirs, path }) {
    const environment = environmentAt(context.app, path);
    const texts = { base: readNamedText(base), ours: readNamedText(ours), theirs: readNamedText(theirs) };
    const { text, conflicts, taken, revision } = await merged(context, environment, texts, path);
    // Git takes the file as it is then, whatever the exit code says, and marks it unmerged for any but 0.
    writeFileAtomic(ours, text);
    reportConflicts(conflicts, path, environment);
    return { environment: environment.name, file: path, revision, taken };
  },
});
