/** `ringfence me init`: makes a person's key and age identity on this machine and adds the person to the manifest. */
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { createKeyPair, publicTextOf } from "../../base/ed25519.ts";
import type { Person } from "../../model/project.ts";
import { peopleFolder } from "../actor.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { makeIdentity, PASSPHRASE_FLAG, recipientAt } from "../identity-file.ts";
import { personIdentityPath } from "../identity-places.ts";
import { editManifest } from "../manifest-file.ts";
import { assertPassphrase } from "../passphrase.ts";

const NAME = /^[a-z][a-z0-9._-]*$/;

function nameOf(input: string | undefined): string {
  const name = input ?? userInfo().username;
  if (NAME.test(name)) return name;
  throw appErrors.APP_BAD_INPUT({
    what: `${name} is no name for a person`,
    why: "lower-case letters, digits, dot, hyphen and underscore, beginning with a letter",
    fix: "ringfence me init --name ada",
  });
}

interface Facts {
  readonly name: string;
  /** Where the signing key lies. */
  readonly key: string;
  /** Where the age identity lies. */
  readonly identity: string;
  readonly roles: readonly string[];
  /** The identity is to be protected by one. */
  readonly passphrase: boolean;
  /** The person is there already and only gets a recipient. */
  readonly isKnown: boolean;
}

const publicTextAt = (path: string) => publicTextOf(readFileSync(path, "utf8"));

/** @throws APP_PERSON_EXISTS for a person who lacks nothing, or whose key is elsewhere */
function assertMayInit(person: Person | undefined, key: string): void {
  if (!person) return;
  const isHere = existsSync(key) && publicTextAt(key) === person.key;
  if (isHere && person.recipient === undefined) return;
  const { name, place } = person;
  throw appErrors.APP_PERSON_EXISTS({
    what: `${name} is in people: already`,
    where: `${place.file}:${place.line}:${place.column} people.${name}`,
    why: isHere ? "and the key lies on this machine" : "and the key lies on another machine, or is lost",
    fix: isHere ? "ringfence env list" : "remove the entry from people:, then: ringfence me init",
  });
}

const use = (what: string, path: string) => `${existsSync(path) ? "use" : "make"} ${what} at ${path}`;

export const operation = defineOperation({
  name: "me init",
  summary: "Make your key and identity on this machine and add you to people: in the manifest",
  scope: "project",
  anybody: true,
  input: z.object({
    name: z
      .string()
      .optional()
      .meta({ description: "your name in the manifest; the login name unless told" }),
    passphrase: PASSPHRASE_FLAG,
    role: z.array(z.string()).default([]).meta({ description: "a role that you ask for; may be repeated" }),
  }),
  async plan({ app }, input) {
    const name = nameOf(input.name);
    const key = join(peopleFolder(app.home), `${name}.key`);
    const identity = personIdentityPath(app.home, name);
    const person = app.project.people.find((candidate) => candidate.name === name);
    assertMayInit(person, key);
    const facts: Facts = {
      name,
      key,
      identity,
      roles: input.role,
      passphrase: input.passphrase,
      isKnown: person !== undefined,
    };
    if (input.passphrase && !existsSync(identity)) assertPassphrase(app, identity);
    return {
      summary: person ? `give ${name} a recipient` : `add ${name} to the project's people`,
      environment: null,
      effects: [
        use("the key", key),
        use("the identity", identity),
        person
          ? `add its recipient to people.${name} in ${app.project.manifest}`
          : `add people.${name} to ${app.project.manifest}`,
      ],
      facts: { ...facts },
    };
  },
  steps({ app }, plan) {
    const { name, key, identity, roles, passphrase, isKnown } = plan.facts as unknown as Facts;
    return [
      {
        key: "key",
        title: "make the key",
        async run() {
          if (!existsSync(key)) writeFileAtomic(key, createKeyPair().privatePem, 0o600);
          return { key: publicTextAt(key) };
        },
      },
      {
        key: "identity",
        title: "make the identity",
        async run() {
          await makeIdentity(app, identity, passphrase);
          return { recipient: recipientAt(app, identity) };
        },
      },
      {
        key: "manifest",
        title: `add ${isKnown ? "the recipient" : name} to ${app.project.manifest}`,
        async run() {
          const [publicText, recipient] = [publicTextAt(key), recipientAt(app, identity)];
          const person = { key: publicText, recipient, ...(roles.length > 0 ? { roles: [...roles] } : {}) };
          if (isKnown) editManifest(app.project.root, ["people", name, "recipient"], recipient);
          else editManifest(app.project.root, ["people", name], person);
          return { name, key: publicText, recipient };
        },
      },
    ];
  },
  async answer(_context, record) {
    const { name, roles } = record.plan.facts as unknown as Facts;
    const { key, recipient } = record.steps.at(-1)!.result as { key: string; recipient: string };
    return { name, key, recipient, roles, operation: record.id };
  },
});
