/**
 * `ringfence secret set NAME`: encrypts a value from standard input into the environment's secrets file.
 * The plan holds the new file as ciphertext, so that an interrupted change can be finished without the value.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { nearest } from "../../base/nearest.ts";
import type { OperationRecord } from "../../model/operation.ts";
import type { Environment } from "../../model/project.ts";
import type { StoreTransaction } from "../../ports/store/store.ts";
import {
  type OpenedSecrets,
  openSecrets,
  secretsErrors,
  signSecrets,
  writeSecrets,
} from "../../secrets/index.ts";
import { highestRevision, raiseRevision } from "../../snapshot/home.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { readTextIfThere } from "../project.ts";
import { identityOf, readSecrets } from "../resolution.ts";
import { currentRevision, recordRevision, revisionWith } from "../revision.ts";
import { recordFound } from "../revision-steps.ts";

interface Facts {
  readonly file: string;
  readonly name: string;
  readonly revision: number;
  readonly reason: string;
  readonly before: Digest | null;
  readonly after: Digest;
  /** The files' texts: ciphertext. */
  readonly previous: string | null;
  readonly text: string;
}

async function readValue(context: Context, name: string): Promise<string> {
  const input = (await context.readInput()).replace(/\r?\n$/, "");
  if (input.length > 0 && !input.includes("\0")) return input;
  throw appErrors.APP_SECRET_INPUT({
    what:
      input.length === 0
        ? `no value for ${name} on standard input`
        : `the value for ${name} holds a NUL byte`,
    why: "a value is never an argument: those are seen by every process of the machine",
    fix: `printf %s "$VALUE" | ringfence secret set ${name} -e ${context.environment.name}`,
  });
}

function assertRecipients(environment: Environment, manifest: string): void {
  if (environment.recipients.length > 0) return;
  throw secretsErrors.SECRETS_BAD_RECIPIENT({
    what: `${environment.name} has no recipients to encrypt to`,
    where: `${manifest}:${environment.place.line} environments.${environment.name}`,
    fix: `ringfence identity create -e ${environment.name}`,
  });
}

/** What is wrong with the name, as far as the manifest can tell: null where it is declared, or nothing is. */
function undeclared({ project }: Context["app"], name: string): string | null {
  const names = project.settings.map((setting) => setting.name);
  if (names.length === 0 || names.includes(name)) return null;
  const near = nearest(name, names);
  return `${name} is not declared in ${project.manifest}${near ? `; did you mean ${near}?` : ""}`;
}

/** The file's text with these values, encrypted and signed. @param file what it is to follow. */
async function encrypt(
  { app, environment, actor }: Context,
  file: { readonly file: string; readonly text: string | undefined },
  values: Readonly<Record<string, string>>,
  revision: number,
): Promise<string> {
  const identity = identityOf(app, environment);
  const text = await writeSecrets({
    binding: { project: app.project.name, environment: environment.name, revision },
    values,
    recipients: environment.recipients,
    now: new Date(app.clock.now()).toISOString(),
    ...(file.text !== undefined && identity !== undefined
      ? { previous: { text: file.text, identities: identity.split("\n"), file: file.file } }
      : {}),
  });
  if (!environment.policies.signedSecrets && !actor.person) return text;
  return signSecrets(text, actor.name, actor.sign);
}

function valuesOf(opened: OpenedSecrets | undefined): Record<string, string> {
  return Object.fromEntries((opened?.values ?? []).map(({ name, value }) => [name, value]));
}

/**
 * Puts the former values back. Whoever has read the new file meanwhile remembers its revision, and would take the
 * former file for a replay: the former values then get a newer revision still.
 */
async function putBack(context: Context, facts: Facts, path: string): Promise<void> {
  const { app, environment } = context;
  const { file, previous } = facts;
  const highest = () => highestRevision(app.home, app.project.name, environment.name);
  if (highest() < facts.revision && digestAt(path) === facts.after) {
    if (previous !== null) writeFileAtomic(path, previous);
    else rmSync(path, { force: true });
  }
  if (highest() < facts.revision) return;
  if (digestAt(path) !== facts.after && digestAt(path) !== facts.before) return;
  const expect = { project: app.project.name, environment: environment.name };
  const identities = identityOf(app, environment)?.split("\n") ?? [];
  const former =
    previous === null ? undefined : openSecrets(previous, { file, expect, identities, unbound: "allow" });
  const followed = { file, text: previous ?? undefined };
  writeFileAtomic(path, await encrypt(context, followed, valuesOf(former), highest() + 1));
}

/** The revision that the new file makes; and before it what else was changed by hand, if anything was. */
async function keepRevision(
  { app, environment }: Context,
  { revisions }: StoreTransaction,
  facts: Facts,
  operation: OperationRecord,
): Promise<void> {
  const draft = currentRevision(app, environment);
  await recordFound(revisions, revisionWith(draft, new Map([[facts.file, facts.before]])), operation);
  const { updatedAt: at, author, id } = operation;
  const { reason } = facts;
  await recordRevision(revisions, draft, { at, author, reason, operation: id, source: "operation" });
}

function digestAt(path: string): Digest | null {
  const text = readTextIfThere(path);
  return text === undefined ? null : digestOfBytes(text);
}

export const operation = defineOperation({
  name: "secret set",
  summary: "Encrypt a value from standard input into an environment's secrets file",
  scope: "environment",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the secret's name" }),
    adopt: z
      .boolean()
      .default(false)
      .meta({ description: "take over a file without the signature it needs; look at its changes first" }),
  }),
  async plan(context, { name, adopt }) {
    const { app, environment } = context;
    assertRecipients(environment, app.project.manifest);
    const secrets = readSecrets(app, environment, { unbound: true, unsigned: adopt });
    if (secrets.text !== undefined && !secrets.opened) {
      throw secretsErrors.SECRETS_NO_IDENTITY({
        what: `${secrets.file} can't be opened here, so it can't be changed here`,
        where: secrets.file,
        why: `this machine has no identity of ${environment.name}`,
        fix: `put the identity of ${environment.name} on this machine, or run this where it lies`,
      });
    }
    const value = await readValue(context, name);
    const seen = highestRevision(app.home, app.project.name, environment.name);
    const revision = Math.max(seen, secrets.opened?.binding.revision ?? 0) + 1;
    const values = { ...valuesOf(secrets.opened), [name]: value };
    const text = await encrypt(context, secrets, values, revision);
    const facts: Facts = {
      file: secrets.file,
      name,
      revision,
      reason: context.reason ?? `secret set ${name}`,
      before: secrets.text === undefined ? null : digestOfBytes(secrets.text),
      after: digestOfBytes(text),
      previous: secrets.text ?? null,
      text,
    };
    const known = secrets.entries.some((entry) => entry.name === name);
    const warning = undeclared(app, name);
    return {
      summary: `set the secret ${name} of ${environment.name}`,
      environment: environment.name,
      effects: [
        ...secrets.lacking.map(
          (part) =>
            `take over ${secrets.entries.length} secrets of ${facts.file}, which has no ${part === "binding" ? "binding to an environment" : "signature that counts"}`,
        ),
        `${known ? "replace" : "add"} ${name} in ${facts.file} (revision ${revision})`,
        ...(warning === null ? [] : [`warning: ${warning}`]),
      ],
      facts: { ...facts },
    };
  },
  async changed(context, plan) {
    const facts = plan.facts as unknown as Facts;
    const now = digestAt(join(context.app.project.root, facts.file));
    return now === facts.before ? undefined : `${facts.file} was changed meanwhile`;
  },
  steps(context, plan) {
    const { app, environment } = context;
    const facts = plan.facts as unknown as Facts;
    const path = join(app.project.root, facts.file);
    return [
      {
        key: "write",
        title: `write ${facts.file}`,
        async run() {
          const now = digestAt(path);
          if (now !== facts.after && now !== facts.before) throw changedMeanwhile(facts.file);
          if (now === facts.before) writeFileAtomic(path, facts.text);
          return { file: facts.file, digest: facts.after, revision: facts.revision };
        },
        undo: () => putBack(context, facts, path),
      },
      {
        key: "remember",
        title: `remember revision ${facts.revision}`,
        pivot: true,
        async run() {
          raiseRevision(app.home, app.project.name, environment.name, facts.revision);
          return { revision: facts.revision };
        },
        commit: (transaction, record) => keepRevision(context, transaction, facts, record),
      },
    ];
  },
  async verify({ app, environment }, plan) {
    const facts = plan.facts as unknown as Facts;
    const { opened, text } = readSecrets(app, environment);
    if (text === undefined || digestOfBytes(text) !== facts.after) throw changedMeanwhile(facts.file);
    return {
      revision: opened?.binding.revision ?? null,
      readable: opened !== undefined,
      expected: facts.revision,
    };
  },
  async answer({ app, environment }, record) {
    const { file, name, revision } = record.plan.facts as unknown as Facts;
    const warning = undeclared(app, name);
    return { environment: environment.name, name, file, revision, warning, operation: record.id };
  },
});

function changedMeanwhile(file: string) {
  return appErrors.APP_FILE_CHANGED({
    what: `${file} was changed while the new value was being written`,
    where: file,
    why: "writing now would lose that change",
    fix: "set the secret again",
  });
}
