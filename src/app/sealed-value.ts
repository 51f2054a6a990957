/**
 * A value that a plan needs and must not show: encrypted to the environment's recipients as its secrets are, in a file
 * of its own kind that nobody can put in the place of a secrets file.
 */
import type { Environment, Project } from "../model/project.ts";
import { openSecrets, writeSecrets } from "../secrets/index.ts";
import type { Context } from "./definition.ts";
import { noIdentity, openersFor } from "./identities.ts";

const NAME = "VALUE";
const REVISION = 1;

/** Bound to what is no project's name. */
function bindingOf(project: Project, { name }: Environment) {
  return { project: `${project.name} (plan)`, environment: name };
}

type Room = Pick<Context, "app" | "environment">;

/**
 * The value as text that only the environment's recipients can read.
 *
 * @throws SECRETS_BAD_RECIPIENT, SECRETS_BAD_VALUE; SECRETS_NO_IDENTITY where nothing here could open it again
 */
export async function sealValue(room: Room, value: string): Promise<string> {
  const { app, environment } = room;
  const text = await writeSecrets({
    file: "the plan",
    binding: { ...bindingOf(app.project, environment), revision: REVISION },
    values: { [NAME]: value },
    recipients: environment.recipients,
    now: new Date(app.clock.now()).toISOString(),
  });
  openValue(room, text);
  return text;
}

/** What was sealed. @throws SECRETS_NO_IDENTITY, SECRETS_MAC_MISMATCH and what else opening throws */
export function openValue({ app, environment }: Room, text: string): string {
  const file = "the plan";
  const { identities, dataKey, isShut, lookedIn } = openersFor(app, environment, { file, text });
  if (isShut) {
    const what = `a value for ${environment.name} is encrypted in the plan, and can't be opened here`;
    throw noIdentity(app, environment, { what, file, text });
  }
  const expect = bindingOf(app.project, environment);
  return openSecrets(text, { file, expect, identities, dataKey, lookedIn }).values[0]!.value;
}
