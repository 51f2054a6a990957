/** `ringfence secret access`: who can open secrets without Ringfence. Opens nothing, and needs no identity. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { nearest } from "../../base/nearest.ts";
import type { SecretAccess } from "../../contract/secret-access.ts";
import { secretsErrors } from "../../secrets/index.ts";
import { defineQuery } from "../definition.ts";
import { accessTo } from "./access-facts.ts";

/** What of it is about one secret. @throws SECRETS_UNKNOWN where no environment has or had it */
function about(name: string, all: readonly SecretAccess[]): SecretAccess[] {
  const has = ({ secrets }: { readonly secrets: readonly string[] }) => secrets.includes(name);
  const found = all.filter((access) => has(access) || access.former.some(has));
  if (found.length > 0) return found.map((access) => ({ ...access, former: access.former.filter(has) }));
  const near = nearest(name, new Set(all.flatMap(({ secrets }) => secrets)));
  throw secretsErrors.SECRETS_UNKNOWN({
    what: `no environment has a secret ${name}`,
    where: all.map(({ file }) => file).join(", ") || "secrets",
    fix: near ? `ringfence secret access ${near}` : "ringfence secret access",
  });
}

export const query = defineQuery({
  name: "secret access",
  summary: "List who can open secrets without Ringfence, now and in git's history; exit 3 for keys of nobody",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({ name: z.string().optional().meta({ position: 0, description: "only this secret" }) }),
  async run({ app, named }, { name }): Promise<readonly SecretAccess[]> {
    const environments = named ? [named] : app.project.environments;
    const all: SecretAccess[] = [];
    for (const environment of environments) {
      const access = await accessTo(app, environment);
      if (access) all.push(access);
    }
    return name === undefined ? all : about(name, all);
  },
  exit: (answer: readonly SecretAccess[]) =>
    answer.some(({ holders }) => holders.some(({ state }) => state === "surplus")) ? EXIT.findings : EXIT.ok,
});
