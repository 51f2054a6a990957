/** `ringfence break-glass seal`: a copy of an environment's identity that the named people can open, to be committed. */
import { join } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { digestOfBytes } from "../../base/digest.ts";
import type { GlassSealed } from "../../contract/break-glass.ts";
import type { Person, Project } from "../../model/project.ts";
import { recipientOf, sealIdentities } from "../../secrets/index.ts";
import { identityPath } from "../../snapshot/home.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { identitiesAt } from "../identities.ts";
import { type SealFacts, sealedPath } from "./sealed.ts";

type WithRecipient = Person & { readonly recipient: string };

/** @param entry `person:NAME` @throws APP_BAD_INPUT for who can't be sealed to */
function personOf({ people, manifest }: Project, entry: string): WithRecipient {
  const name = entry.replace(/^person:/, "");
  const person = people.find((one) => one.name === name);
  if (person?.recipient !== undefined) return { ...person, recipient: person.recipient };
  throw appErrors.APP_BAD_INPUT({
    what: person ? `${name} has no recipient to seal to` : `${JSON.stringify(entry)} is nobody of people`,
    where: `${manifest} people`,
    why: "break-glass is for people of the manifest, each with an identity of their own",
    fix: `ringfence me init --name ${person ? name : "NAME"}`,
  });
}

/** @throws APP_BAD_INPUT */
function peopleIn(project: Project, to: readonly string[]): readonly WithRecipient[] {
  const entries = to.flatMap((one) => one.split(",")).map((one) => one.trim());
  const named = [...new Set(entries)].filter((one) => one !== "").map((one) => personOf(project, one));
  if (named.length > 0) return named;
  throw appErrors.APP_BAD_INPUT({
    what: "it has to be sealed for somebody",
    where: "--to",
    fix: "ringfence break-glass seal -e ENVIRONMENT --to person:NAME",
  });
}

/** @throws SECRET_BREAK_GLASS_SHUT where the environment's identity is not here */
function identityHere({ app, environment }: Context): string {
  const path = identityPath(app.home, app.project.name, environment.name);
  const identities = identitiesAt(app, path);
  const own = identities.find((one) => environment.recipients.includes(recipientOf(one)));
  if (own !== undefined) return own;
  throw appErrors.SECRET_BREAK_GLASS_SHUT({
    what: `the identity of ${environment.name} is not here, so it can't be sealed here`,
    where: path,
    why:
      identities.length === 0
        ? "the file is not there"
        : `it is not the one that ${environment.name} has now`,
    fix: `run it where the identity lies: ringfence break-glass seal -e ${environment.name} --to person:NAME`,
  });
}

export const operation = defineOperation({
  name: "break-glass seal",
  summary: "Seal a copy of an environment's identity for the named people, to be opened in an emergency",
  scope: "environment",
  explicit: true,
  input: z.object({
    to: z.array(z.string()).default([]).meta({
      description: "person:NAME; may be repeated, or a list with commas; replaces who was named before",
    }),
  }),
  async plan(context, { to }) {
    const { app, environment } = context;
    const identity = recipientOf(identityHere(context));
    const people = peopleIn(app.project, to);
    const names = people.map(({ name }) => name);
    const file = sealedPath(app.project, environment);
    return {
      summary: `seal the identity of ${environment.name} for ${names.join(", ")}`,
      environment: environment.name,
      effects: [
        `write ${file}, which opens with the identity of ${names.join(" or ")}`,
        "whoever was named before keeps what lies in version control; only a new identity shuts them out",
      ],
      facts: { file, people: names, recipients: people.map(({ recipient }) => recipient), identity },
    };
  },
  steps(context, plan) {
    const { file, recipients } = plan.facts as unknown as SealFacts;
    const path = join(context.app.project.root, file);
    return [
      {
        key: "seal",
        title: `write ${file}`,
        async run() {
          const text = await sealIdentities(`${identityHere(context)}\n`, recipients);
          writeFileAtomic(path, text);
          return { digest: digestOfBytes(text) };
        },
      },
    ];
  },
  async answer({ environment }, record): Promise<GlassSealed> {
    const { file, people } = record.plan.facts as unknown as SealFacts;
    return { environment: environment.name, file, people, operation: record.id };
  },
});
