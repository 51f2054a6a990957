/** `ringfence break-glass review`: somebody else looks at what an identity was handed out for, and says so. */
import * as z from "zod";
import { accessErrors } from "../../access/index.ts";
import type { GlassOpening } from "../../contract/break-glass.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { glassOpenings, openerKey } from "./openings.ts";

/** @throws APP_BAD_INPUT */
function reasonIn({ reason }: Context, id: string): string {
  if (reason?.trim()) return reason.trim();
  throw appErrors.APP_BAD_INPUT({
    what: "a review says what was found",
    where: "--reason",
    fix: `ringfence break-glass review ${id} --reason "<what was found>"`,
  });
}

/** @throws APP_BAD_INPUT for what can't be reviewed */
async function openingOf({ app }: Context, id: string): Promise<GlassOpening> {
  const found = (await glassOpenings(app)).find(({ operation: one }) => one === id);
  if (found?.state === "over" && !found.review) return found;
  const why = !found ? "it handed no identity out" : found.review ? "it was reviewed" : "it is not over";
  throw appErrors.APP_BAD_INPUT({
    what: `${id} can't be reviewed`,
    where: `operation ${id}`,
    why,
    fix:
      found && !found.review
        ? `# ${found.person} ends it: ringfence break-glass close -e ${found.environment}; else it is over at ${found.until}`
        : "ringfence break-glass list",
  });
}

/** @throws ACCESS_DENIED for who opened it, under whatever name, and for nobody of people */
async function assertOther({ app, actor }: Context, { operation: id, person }: GlassOpening): Promise<void> {
  const isOther = actor.name !== person && actor.person?.key !== (await openerKey(app, id));
  if (actor.person && isOther) return;
  throw accessErrors.ACCESS_DENIED({
    what: `${actor.name} can't review ${id}`,
    where: `operation ${id}`,
    why: actor.person ? "it was opened by the same" : "a review is a person's",
    fix: `ask another of people: to run: ringfence break-glass review ${id} --reason "<what was found>"`,
  });
}

export const operation = defineOperation({
  name: "break-glass review",
  summary: "Say that what an identity was handed out for was looked at; by somebody else than who had it",
  scope: "project",
  input: z.object({ id: z.string().meta({ position: 0, description: "the operation that handed it out" }) }),
  async plan(context, { id }) {
    const reason = reasonIn(context, id);
    const opening = await openingOf(context, id);
    await assertOther(context, opening);
    const { environment, person, secrets } = opening;
    return {
      summary: `review ${id}: ${person} held the identity of ${environment}`,
      environment: null,
      effects: [`record that it was looked at; it opened ${secrets.join(", ") || "nothing"}`],
      facts: { opening: id, reason },
    };
  },
  // What is planned is the record of having looked, which nothing else changes.
  changed: async () => undefined,
  steps() {
    return [{ key: "review", title: "record the review", run: async () => null }];
  },
  async answer({ app }, record): Promise<GlassOpening> {
    const { opening } = record.plan.facts as { readonly opening: string };
    return (await glassOpenings(app)).find(({ operation: one }) => one === opening)!;
  },
});
