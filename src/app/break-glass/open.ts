/** `ringfence break-glass open`: hands an environment's identity out for a time, for a reason, to somebody it was sealed for. */
import * as z from "zod";
import { accessErrors } from "../../access/index.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { formatDuration, parseDuration } from "../../base/units.ts";
import type { GlassOpened } from "../../contract/break-glass.ts";
import type { Environment, Person } from "../../model/project.ts";
import { approvalsGate } from "../../pipelines/index.ts";
import { recipientOf } from "../../secrets/index.ts";
import { identityPath } from "../../snapshot/home.ts";
import type { App } from "../app.ts";
import { reasonOf } from "../config/reason.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { placeAt } from "../identity-places.ts";
import { dropIdentity, type HeldIdentity, heldIdentity, heldPath, holdIdentity } from "./held.ts";
import { sealedText, unsealed } from "./sealed.ts";

interface Facts {
  readonly person: string;
  /** The public key that they signed with, by which they are known under another name. */
  readonly key: string;
  readonly lastsMs: number;
  /** Of the sealed copy. */
  readonly sealed: Digest;
  readonly reason: string;
}

/** @throws ACCESS_NO_KEY for nobody of people */
function personIn({ actor, app }: Context): Person {
  if (actor.person) return actor.person;
  throw accessErrors.ACCESS_NO_KEY({
    what: `${actor.name} is nobody of people in ${app.project.manifest}`,
    why: "who breaks the glass has to be known",
    fix: "ringfence me init --name <your name>",
  });
}

/** @throws APP_BAD_INPUT for what is no time, or too long */
function timeOf({ name, policies }: Environment, text: string): number {
  const ms = parseDuration(text);
  const longest = formatDuration(policies.breakGlassLongestMs);
  if (ms !== undefined && ms > 0 && ms <= policies.breakGlassLongestMs) return ms;
  throw appErrors.APP_BAD_INPUT({
    what: ms ? `${text} is longer than ${name} allows` : `${JSON.stringify(text)} is no time`,
    where: "--for",
    why: `the policy breakGlass.longest of ${name} is ${longest}`,
    fix: `ringfence break-glass open -e ${name} --for ${longest} --reason "<why>"`,
  });
}

/** Whether what lies here opens the environment's secrets. Of a locked file nobody knows before it is unlocked. */
function opensHere({ home, project }: App, { name, recipients }: Environment): boolean {
  const { identities, locked } = placeAt(identityPath(home, project.name, name));
  return locked !== undefined || identities.some((one) => recipients.includes(recipientOf(one)));
}

/** @throws APP_BAD_INPUT where the identity is here without it; SNAPSHOT_KEY_UNUSABLE, SECRETS_BAD_IDENTITY */
function assertNeeded({ app, environment }: Context): void {
  const { name } = environment;
  const held = heldIdentity(app, environment);
  if (!held && !opensHere(app, environment)) return;
  throw appErrors.APP_BAD_INPUT({
    what: `the identity of ${name} is here already`,
    where: held ? heldPath(app, environment) : name,
    why: held ? `${held.operation} handed it out` : "who holds it needs no break-glass",
    fix: held ? `ringfence break-glass close -e ${name}` : `ringfence secret list -e ${name}`,
  });
}

const factsOf = (plan: { readonly facts: unknown }) => plan.facts as Facts;
const iso = (ms: number) => new Date(ms).toISOString();

function held({ app, environment }: Context, facts: Facts, operation: string): HeldIdentity {
  const there = heldIdentity(app, environment);
  // Begun before it was interrupted: its time goes on from then.
  if (there?.operation === operation) return there;
  const identity = unsealed(app, environment, facts.person);
  const opened = app.clock.now();
  const { person, lastsMs } = facts;
  const made = { operation, person, opened, until: opened + lastsMs, seen: opened, identity };
  holdIdentity(app, environment, made);
  return made;
}

export const operation = defineOperation({
  name: "break-glass open",
  summary: "Hand an environment's sealed identity out for a time; needs a reason, is recorded and reviewed",
  scope: "environment",
  explicit: true,
  input: z.object({ for: z.string().default("1h").meta({ description: "how long, such as 30m" }) }),
  async plan(context, { for: time }) {
    const { app, environment } = context;
    const reason = reasonOf(context, "the glass is broken only with a reason", "break-glass open");
    const person = personIn(context);
    const lastsMs = timeOf(environment, time);
    assertNeeded(context);
    unsealed(app, environment, person.name);
    return {
      summary: `hand the identity of ${environment.name} to ${person.name} for ${formatDuration(lastsMs)}`,
      environment: environment.name,
      effects: [
        `put it to ${heldPath(app, environment)}, from where every command here may use it`,
        "record every use under this operation, and nothing that it opens is kept",
        "afterwards somebody else reviews it, and what was opened is rotated",
      ],
      facts: {
        person: person.name,
        key: person.key,
        lastsMs,
        sealed: digestOfBytes(sealedText(app, environment)),
        reason,
      },
    };
  },
  async changed({ app, environment, actor }, plan) {
    const { person, sealed } = factsOf(plan);
    if (actor.name !== person) return `it was planned by ${person}, and hands out to nobody else`;
    const isSame = digestOfBytes(sealedText(app, environment)) === sealed;
    return isSame ? undefined : `the identity of ${environment.name} was sealed anew`;
  },
  async gates({ app, environment }, plan, record) {
    const approvals = await app.store.read((view) => view.operations.approvals(record.id));
    const policies = { ...environment.policies, approvals: environment.policies.breakGlassApprovals };
    const { people } = app.project;
    const { id, author } = record;
    return [
      approvalsGate({
        environment: { ...environment, policies },
        operation: id,
        plan,
        author,
        approvals,
        people,
      }),
    ];
  },
  steps(context, plan) {
    const { app, environment } = context;
    return [
      {
        key: "open",
        title: "hand the identity out",
        async run({ operation: id }) {
          const { opened, until } = held(context, factsOf(plan), id);
          return { opened: iso(opened), until: iso(until) };
        },
        async undo() {
          dropIdentity(app, environment);
        },
      },
    ];
  },
  async answer({ environment, warn }, record): Promise<GlassOpened> {
    const { person, reason } = factsOf(record.plan);
    const { until } = record.steps[0]!.result as { until: string };
    const { name } = environment;
    warn(
      `BREAK-GLASS: ${person} holds the identity of ${name} on this machine until ${until}; every use is recorded; end it: ringfence break-glass close -e ${name}`,
    );
    return { environment: name, person, until, reason, operation: record.id };
  },
});
