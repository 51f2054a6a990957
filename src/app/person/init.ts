/** `ringfence me init`: makes a person's key on this machine and adds the person to the manifest. */
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { createKeyPair, publicTextOf } from "../../base/ed25519.ts";
import { peopleFolder } from "../actor.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { editManifest } from "../manifest-file.ts";

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

export const operation = defineOperation({
  name: "me init",
  summary: "Make your key on this machine and add you to people: in the manifest",
  scope: "project",
  anybody: true,
  input: z.object({
    name: z
      .string()
      .optional()
      .meta({ description: "your name in the manifest; the login name unless told" }),
    role: z.array(z.string()).default([]).meta({ description: "a role that you ask for; may be repeated" }),
  }),
  async plan({ app }, input) {
    const name = nameOf(input.name);
    const key = join(peopleFolder(app.home), `${name}.key`);
    const person = app.project.people.find((candidate) => candidate.name === name);
    if (person) {
      throw appErrors.APP_PERSON_EXISTS({
        what: `${name} is in people: already`,
        where: `${person.place.file}:${person.place.line}:${person.place.column} people.${name}`,
        why: existsSync(key)
          ? "and the key lies on this machine"
          : "and the key lies on another machine, or is lost",
        fix: existsSync(key)
          ? "ringfence env list"
          : "remove the entry from people:, then: ringfence me init",
      });
    }
    return {
      summary: `add ${name} to the project's people`,
      environment: null,
      effects: [
        existsSync(key) ? `use the key at ${key}` : `make a key at ${key}`,
        `add people.${name} to ${app.project.manifest}`,
      ],
      facts: { name, key, roles: input.role },
    };
  },
  steps({ app }, plan) {
    const { name, key, roles } = plan.facts as unknown as { name: string; key: string; roles: string[] };
    return [
      {
        key: "key",
        title: "make the key",
        async run() {
          if (!existsSync(key)) writeFileAtomic(key, createKeyPair().privatePem, 0o600);
          return { key: publicTextOf(readFileSync(key, "utf8")) };
        },
      },
      {
        key: "manifest",
        title: `add ${name} to ${app.project.manifest}`,
        async run() {
          const publicText = publicTextOf(readFileSync(key, "utf8"));
          editManifest(
            app.project.root,
            ["people", name],
            roles.length > 0 ? { key: publicText, roles } : { key: publicText },
          );
          return { name, key: publicText };
        },
      },
    ];
  },
  async answer(_context, record) {
    const { name, roles } = record.plan.facts as unknown as { name: string; roles: string[] };
    const key = (record.steps[1]!.result as { key: string }).key;
    return { name, key, roles, operation: record.id };
  },
});
