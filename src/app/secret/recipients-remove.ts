/** `ringfence secret recipients remove ENTRY`: an entry lets nobody into an environment's secrets any more. */
import * as z from "zod";
import { nearest } from "../../base/nearest.ts";
import type { Environment } from "../../model/project.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { planRekey, recipientEntries, rekeyEffects } from "../rekeyed-secrets.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

/** @throws APP_BAD_INPUT for what is no entry of the environment */
function assertEntry(environment: Environment, entry: string): void {
  const entries = recipientEntries(environment);
  if (entries.includes(entry)) return;
  const { name, holders } = environment;
  const word = entry.replace(/^(person|machine):/, "");
  const via = holders.filter((one) => one.name === word).map((one) => one.via);
  const near = via[0] ?? nearest(entry, entries);
  throw appErrors.APP_BAD_INPUT({
    what: `${entry} is no entry of environments.${name}.recipients`,
    where: `${environment.place.file}:${environment.place.line} environments.${name}`,
    why: via.length > 0 ? `${word} is let in by ${via.join(", ")}` : `the entries are ${entries.join(", ")}`,
    fix: near
      ? `ringfence secret recipients remove ${near} -e ${name}`
      : `ringfence secret recipients list -e ${name}`,
  });
}

export const operation = defineOperation({
  name: "secret recipients remove",
  summary: "Take an entry out of who may open an environment's secrets, and encrypt the file anew",
  scope: "environment",
  input: z.object({
    entry: z.string().meta({ position: 0, description: "the entry as secret recipients list shows it" }),
  }),
  async plan(context, { entry }) {
    const { app, environment } = context;
    const { name } = environment;
    assertEntry(environment, entry);
    const path = ["environments", name, "recipients"];
    const planned = await planRekey(context, [{ do: "drop", path, item: entry }], [name]);
    const notes = [
      "what they could read they may have kept: secret revoke lists it and takes them out everywhere",
    ];
    const reason = context.reason ?? `secret recipients remove ${entry}`;
    return {
      summary: `let ${entry} no longer open the secrets of ${name}`,
      environment: name,
      effects: [...rekeyEffects(app, planned), ...notes],
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
