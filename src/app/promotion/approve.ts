/** `ringfence approve ID`: signs an operation's plan. The signature counts for exactly that plan. */
import * as z from "zod";
import { accessErrors } from "../../access/index.ts";
import { type Approval, approvalStatement, type OperationRecord } from "../../model/operation.ts";
import type { App } from "../app.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { unknownOperation, viewOf } from "../operation.ts";

async function waiting(app: App, id: string): Promise<OperationRecord> {
  const record = await app.store.read((view) => view.operations.get(id));
  if (!record) throw unknownOperation(id);
  if (record.state === "waiting") return record;
  throw appErrors.OPERATION_FINISHED({
    what: `${id} does not wait: it is ${record.state}`,
    where: `operation ${id}`,
    why: "only what waits can be approved",
    fix: `ringfence operation show ${id}`,
  });
}

function assertNotAuthor(record: OperationRecord, actor: string): void {
  if (record.author !== actor) return;
  throw accessErrors.ACCESS_DENIED({
    what: `${actor} planned ${record.id} and can't approve it`,
    where: `operation ${record.id}`,
    why: "an approval is another person's",
    fix: `ask another of people: to run: ringfence approve ${record.id}`,
  });
}

async function withFreshGates(context: Context, record: OperationRecord): Promise<OperationRecord> {
  const kind = await context.kind(record.kind);
  const environment = context.app.project.environments.find(({ name }) => name === record.environment);
  const inside = environment ? Object.create(context, { environment: { value: environment } }) : context;
  const gates = (await kind.gates?.(inside, record.plan, record)) ?? record.gates;
  return { ...record, gates };
}

export const operation = defineOperation({
  name: "approve",
  summary: "Sign the plan of a waiting operation; the author can't",
  scope: "project",
  input: z.object({ id: z.string().meta({ position: 0, description: "the operation's id" }) }),
  async plan({ app, actor }, { id }) {
    const record = await waiting(app, id);
    assertNotAuthor(record, actor.name);
    return {
      summary: `approve ${id}`,
      environment: null,
      effects: [
        `sign ${record.plan.digest}: ${record.plan.summary}`,
        ...record.plan.effects.map((effect) => `  ${effect}`),
      ],
      facts: { id, plan: record.plan.digest, person: actor.name },
    };
  },
  steps({ app, actor }, plan) {
    const facts = plan.facts as unknown as { id: string; plan: Approval["plan"]; person: string };
    return [
      {
        key: "sign",
        title: "sign the plan",
        async commit({ operations }) {
          const at = new Date(app.clock.now()).toISOString();
          const signature = actor.sign(approvalStatement(facts.plan));
          await operations.approve({
            operation: facts.id,
            plan: facts.plan,
            person: facts.person,
            signature,
            at,
          });
        },
      },
    ];
  },
  async answer(context, record) {
    const { id } = record.plan.facts as unknown as { id: string };
    const approved = await context.app.store.read((view) => view.operations.get(id));
    return viewOf(await withFreshGates(context, approved!));
  },
});
