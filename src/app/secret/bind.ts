/** `ringfence secret bind NAME --to REFERENCE`: a secret moves out of the secrets file into another store. */
import * as z from "zod";
import type { Plan } from "../../model/operation.ts";
import { type Context, defineOperation, type Step } from "../definition.ts";
import { isSameSecret, mustReadKept, notWritten, openKept, readKept, writeKept } from "../kept-secret.ts";
import { rekeySteps } from "../rekeyed-secrets.ts";
import { openValue } from "../sealed-value.ts";
import { type BindFacts, planBind, taken } from "./bind-plan.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

const factsOf = ({ facts }: Plan): BindFacts => facts as unknown as BindFacts;

/**
 * The value is in the store, and was read back from there, before it leaves the secrets file. Going back puts it into
 * the file again, and leaves what is in the store: somebody may have read it there.
 */
function createStep(context: Context, { name, to, sealed }: BindFacts): Step[] {
  if (sealed === null) return [];
  const place = { file: to, line: 0, column: 0 };
  const open = () => openKept(context, { setting: name, text: to, place });
  return [
    {
      key: "create",
      title: `keep the value at ${to}`,
      async run({ operation, signal }) {
        const kept = await open();
        const value = openValue(context, sealed);
        const before = await readKept(context, kept);
        if (before.kind === "found") {
          if (!isSameSecret(before.text, value)) throw taken(context, { name, to, adopt: false });
          return { reference: to, version: before.version ?? null, created: false };
        }
        const written = await writeKept(context, kept, signal, (writer, one) =>
          writer.create(kept.read.secret, value, operation, one),
        );
        if (written.kind !== "written" && written.kind !== "exists") throw notWritten(context, kept, written);
        const there = await mustReadKept(context, kept);
        if (!isSameSecret(there.text, value)) throw taken(context, { name, to, adopt: false });
        return { reference: to, version: there.version ?? null, created: written.kind === "written" };
      },
      async undo() {
        const there = await readKept(context, await open());
        if (there.kind === "missing") return;
        context.warn(`${to} is left as it is: ${there.kind === "found" ? "it holds a secret" : there.why}`);
      },
    },
  ];
}

export const operation = defineOperation({
  name: "secret bind",
  summary: "Move a secret out of the secrets file into another store; its reference stays in the file",
  scope: "environment",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the secret's name" }),
    to: z
      .string()
      .meta({ description: "where it is to be kept: aws-sm://shop/token, vault://kv/shop/{env}" }),
    adopt: z.boolean().default(false).meta({
      description: "the store has it already: only the reference is written, after reading it once",
    }),
  }),
  plan: (context, input) => planBind(context, input),
  changed: REKEYING.changed,
  steps(context, plan) {
    const facts = factsOf(plan);
    const [found, ...rest] = rekeySteps(context, facts);
    return found ? [found, ...createStep(context, facts), ...rest] : [];
  },
  verify: REKEYING.verify,
  answer: async (_context, record) => rekeyAnswer(record),
});
