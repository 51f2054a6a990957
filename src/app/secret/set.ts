/**
 * `ringfence secret set NAME`: encrypts a value from standard input into the environment's secrets file.
 */
import * as z from "zod";
import { digestOfBytes } from "../../base/digest.ts";
import { nearest } from "../../base/nearest.ts";
import type { OperationRecord } from "../../model/operation.ts";
import type { StoreTransaction } from "../../ports/store/store.ts";
import { type Context, defineOperation } from "../definition.ts";
import { readSecrets } from "../resolution.ts";
import { currentRevision, recordRevision, revisionWith } from "../revision.ts";
import { recordFound } from "../revision-steps.ts";
import {
  assertWritable,
  rememberRevision,
  type SecretsChange,
  secretsChange,
  secretsChanged,
  secretsDigest,
  secretsStep,
  valuesOf,
} from "../secrets-change.ts";
import { keyEffects } from "../service-keys.ts";
import { assertKeptHere } from "./kept-here.ts";
import { readValue } from "./value-input.ts";

interface Facts extends SecretsChange {
  readonly name: string;
  readonly reason: string;
}

/** What is wrong with the name, as far as the manifest can tell: null where it is declared, or nothing is. */
function undeclared({ project }: Context["app"], name: string): string | null {
  const names = project.settings.map((setting) => setting.name);
  if (names.length === 0 || names.includes(name)) return null;
  const near = nearest(name, names);
  return `${name} is not declared in ${project.manifest}${near ? `; did you mean ${near}?` : ""}`;
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
    const secrets = readSecrets(app, environment, { unbound: true, unsigned: adopt });
    assertWritable(context, secrets);
    const value = await readValue(context, name, `ringfence secret set ${name}`);
    assertKeptHere(context, name, value, secrets);
    const change = await secretsChange(context, secrets, { ...valuesOf(secrets.opened), [name]: value });
    const facts: Facts = { ...change, name, reason: context.reason ?? `secret set ${name}` };
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
        `${known ? "replace" : "add"} ${name} in ${facts.file} (revision ${facts.revision})`,
        ...keyEffects(environment, facts),
        ...(warning === null ? [] : [`warning: ${warning}`]),
      ],
      facts: { ...facts },
    };
  },
  async changed(context, plan) {
    const facts = plan.facts as unknown as Facts;
    return secretsDigest(context.app, facts) === facts.before
      ? undefined
      : `${facts.file} was changed meanwhile`;
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as Facts;
    return [
      secretsStep(context, facts, "write"),
      {
        key: "remember",
        title: `remember revision ${facts.revision}`,
        pivot: true,
        async run() {
          rememberRevision(context, facts.revision);
          return { revision: facts.revision };
        },
        commit: (transaction, record) => keepRevision(context, transaction, facts, record),
      },
    ];
  },
  async verify({ app, environment }, plan) {
    const facts = plan.facts as unknown as Facts;
    const { opened, text } = readSecrets(app, environment);
    if (text === undefined || digestOfBytes(text) !== facts.after) throw secretsChanged(facts);
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
