/** References to AWS, checked: what they may say, and which account's door they lead to. */
import { answerInGroups } from "../../base/answering.ts";
import type { SecretAnswer, SecretReference, SecretRefusal } from "../../ports/secret-store.ts";

/** Which client is asked. */
export interface Scope {
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

const REGION = /^[a-z]{2,}(?:-[a-z]+)*-\d{1,2}$/;
const ARN_REGION = /^arn:[a-z-]+:[a-z]+:([a-z0-9-]+):/;

export function isRefusal(value: object): value is SecretRefusal {
  return "kind" in value && "why" in value;
}

export function invalid(why: string, fix?: string): SecretRefusal {
  return { kind: "invalid", why, ...(fix ? { fix } : {}) };
}

/** Why the parameters are not understood: none may be dropped in silence. */
export function unknownParameter(
  { scheme, parameters }: SecretReference,
  known: readonly string[],
): SecretRefusal | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (!known.includes(name))
      return invalid(`${scheme} knows no parameter ${name}`, `use ${known.join(", ")} or none`);
    if (value === "") return invalid(`the parameter ${name} has no value`);
  }
  return undefined;
}

/** The client that a reference asks for; a name that begins with `arn:` brings its region. */
export function scopeOf({ path, parameters }: SecretReference): Scope | SecretRefusal {
  const { region, profile } = parameters;
  if (region !== undefined && !REGION.test(region)) return invalid(`${region} is no region of AWS`);
  const named = ARN_REGION.exec(path)?.[1];
  if (region !== undefined && named !== undefined && region !== named)
    return invalid(`the name is of the region ${named}, and ?region= says ${region}`);
  return { region: region ?? named, profile };
}

/** What keeps clients apart. */
export const scopeKey = ({ region = "", profile = "" }: Scope): string => `${region}\n${profile}`;

/** Asks each client about its own; a reference that is not well formed is answered by what is wrong with it. */
export function answerByScope<Wish extends { readonly scope: Scope }>(
  wishes: readonly (Wish | SecretRefusal)[],
  read: (scope: Scope, wishes: readonly Wish[]) => Promise<readonly SecretAnswer[]>,
): Promise<SecretAnswer[]> {
  return answerInGroups<Wish | SecretRefusal, SecretAnswer>(
    wishes,
    (wish) => (isRefusal(wish) ? "" : scopeKey(wish.scope)),
    async (group) => {
      const asked = group.filter((wish): wish is Wish => !isRefusal(wish));
      const [first] = asked;
      return first ? read(first.scope, asked) : group.filter((wish) => isRefusal(wish));
    },
  );
}
