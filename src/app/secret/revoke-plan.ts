/** What taking a person or machine out of all secrets would change, and what they could read until now. */
import { join } from "node:path";
import { nearest } from "../../base/nearest.ts";
import type { ExposedHistory, ExposedSecret } from "../../contract/secrets.ts";
import type { Environment, Project } from "../../model/project.ts";
import { type Holder, readRecipientEntry } from "../../model/recipient.ts";
import { nodeAt } from "../../model/source-tree.ts";
import { readYaml } from "../../model/source-yaml.ts";
import { type SealedReach, sealedReach } from "../break-glass/reach.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { readableHistory, readableSecrets } from "../exposed-secrets.ts";
import { readTextIfThere } from "../project.ts";
import {
  type ManifestEdit,
  planRekey,
  type RekeyFacts,
  recipientEntries,
  rekeyEffects,
} from "../rekeyed-secrets.ts";

/** JSON, for a plan's facts; what `secret revoked` reads again. */
export interface RevokeFacts extends RekeyFacts {
  /** `person:ada` or `machine:ci` */
  readonly who: string;
  readonly exposed: readonly Omit<ExposedSecret, "state">[];
  readonly history: readonly ExposedHistory[];
  /** Sealed identities that they can open; records of earlier versions don't say it. */
  readonly sealed?: readonly SealedReach[];
}

interface Revoked {
  readonly kind: "person" | "machine";
  readonly name: string;
  readonly recipient: string | undefined;
}

/** @throws APP_BAD_INPUT for nobody that the manifest knows */
function revokedIn({ people, machines, manifest }: Project, word: string): Revoked {
  const entry = readRecipientEntry(word);
  const wanted = entry.kind === "key" ? word : entry.name;
  const person = entry.kind === "machine" ? undefined : people.find(({ name }) => name === wanted);
  if (person && entry.kind !== "role") return { ...person, kind: "person" };
  const machine = entry.kind === "person" ? undefined : machines.find(({ name }) => name === wanted);
  if (machine && entry.kind !== "role") return { ...machine, kind: "machine" };
  const known = [...people.map(({ name }) => name), ...machines.map(({ name }) => `machine:${name}`)];
  const near = nearest(word, known);
  throw appErrors.APP_BAD_INPUT({
    what: `${word} is nobody under people: or machines:`,
    where: manifest,
    why: known.length > 0 ? `there are ${known.join(", ")}` : "nobody is declared there",
    fix: near
      ? `ringfence secret revoke ${near}`
      : "ringfence secret recipients list   # then: ringfence secret recipients remove ENTRY",
  });
}

/** Who is to encrypt the files for all others can't be the one who may not open them any more. */
function refuseOneself({ actor }: Context, { kind, name }: Revoked): void {
  if (kind !== "person" || actor.person?.name !== name) return;
  throw appErrors.APP_BAD_INPUT({
    what: `${name} can't be revoked by ${name}`,
    why: "whoever revokes encrypts the secrets anew, and has to be able to open them",
    fix: `ringfence secret revoke ${name} --as SOMEBODY_ELSE`,
  });
}

/** An entry that would stand for nobody without them: a key of theirs, their name, a role that only they fill. */
function isTheirs(environment: Environment, via: string, { kind, name }: Revoked): boolean {
  const isOne = (holder: Holder) => holder.kind === kind && holder.name === name;
  const meant = environment.holders.filter((holder) => holder.via === via);
  return meant.length > 0 && meant.every(isOne);
}

/** The key of a map, or the whole map where it has no other. */
function removal(root: string, manifest: string, path: readonly string[]): ManifestEdit {
  const tree = readYaml(readTextIfThere(join(root, manifest)) ?? "", manifest).root;
  const parent = tree && nodeAt(tree, path.slice(0, -1));
  const isOnly = parent?.kind === "map" && parent.entries.size === 1;
  return { do: "remove", path: isOnly ? path.slice(0, -1) : path };
}

function editsFor(project: Project, revoked: Revoked, remove: boolean): ManifestEdit[] {
  const drops = project.environments.flatMap((environment) =>
    recipientEntries(environment)
      .filter((via) => isTheirs(environment, via, revoked))
      .map((item): ManifestEdit => {
        return { do: "drop", path: ["environments", environment.name, "recipients"], item };
      }),
  );
  const { kind, name } = revoked;
  if (kind === "machine") return [...drops, removal(project.root, project.manifest, ["machines", name])];
  if (remove) return [...drops, removal(project.root, project.manifest, ["people", name])];
  const person = project.people.find((one) => one.name === name)!;
  const parts = [
    ...(person.recipient === undefined ? [] : ["recipient"]),
    ...(person.roles.length > 0 ? ["roles"] : []),
  ];
  return [...drops, ...parts.map((part): ManifestEdit => ({ do: "remove", path: ["people", name, part] }))];
}

async function exposedTo({ app }: Context, { kind, name, recipient }: Revoked) {
  const { environments } = app.project;
  const sealed = kind === "person" ? await sealedReach(app, name) : [];
  const keysTo = (environment: Environment): readonly string[] => [
    ...(recipient === undefined ? [] : [recipient]),
    ...sealed.filter((one) => one.environment === environment.name).flatMap(({ identities }) => identities),
  ];
  const exposed = environments.flatMap((one) => readableSecrets(app, one, keysTo(one)));
  const history: ExposedHistory[] = [];
  for (const one of environments) history.push(...(await readableHistory(app, one, keysTo(one))));
  return { exposed, history, sealed };
}

/** What a plan says of sealed identities: encrypting anew does not shut out who has one. */
function sealedEffects(name: string, sealed: readonly SealedReach[]): string[] {
  return sealed.map(
    ({ environment, file, identities }) =>
      `${name} can open ${file}, also in git's history: ${environment} needs another identity. Where none lies yet: ringfence identity create -e ${environment}; then: ${identities.map((one) => `ringfence secret recipients remove ${one} -e ${environment}`).join(" && ")}; and only then rotate`,
  );
}

/** What a plan says of what has to be rotated. */
function exposureEffects({ exposed, history }: Pick<RevokeFacts, "exposed" | "history">): string[] {
  const names = [...new Set(exposed.map(({ environment }) => environment))].map((environment) => {
    const theirs = exposed
      .filter((one) => one.environment === environment)
      .map(({ name, reference }) => (reference ? `${name} (${reference})` : name));
    return `to be rotated where they come from, since they could be read (${environment}): ${theirs.join(", ")}`;
  });
  const past = history.map(({ environment, file, commits, earlier, sealed }) => {
    const values = earlier.length > 0 ? `, with other values of ${earlier.join(", ")}` : "";
    const closed = sealed > 0 ? ` (${sealed} can't be opened here)` : "";
    return `${commits.length} earlier revisions of ${file} (${environment})${closed} stay readable to whoever has a copy of the repository${values}: history can't be encrypted anew`;
  });
  return [...names, ...past];
}

/** @throws APP_BAD_INPUT; what `planRekey` throws */
export async function planRevoke(
  context: Context,
  input: { readonly who: string; readonly remove: boolean },
): Promise<PlanDraft> {
  const { app } = context;
  const { project } = app;
  const revoked = revokedIn(project, input.who);
  refuseOneself(context, revoked);
  const edits = editsFor(project, revoked, input.remove);
  const exposure = await exposedTo(context, revoked);
  const names = project.environments.map(({ name }) => name);
  const planned = await planRekey(context, edits, names);
  const who = `${revoked.kind}:${revoked.name}`;
  const isKept = revoked.kind === "person" && !input.remove;
  const notes = [
    ...(isKept
      ? [
          `${revoked.name} keeps the signing key, and with it a voice in approvals: --remove takes them out of people:`,
        ]
      : []),
    ...sealedEffects(revoked.name, exposure.sealed),
    ...exposureEffects(exposure),
  ];
  const reason = context.reason ?? `secret revoke ${revoked.name}`;
  return {
    summary: `revoke ${who}`,
    environment: null,
    effects: [...rekeyEffects(app, planned), ...notes],
    facts: JSON.parse(JSON.stringify({ ...planned, ...exposure, who, notes, reason })),
  };
}
