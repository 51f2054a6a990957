/** Reads from AWS Systems Manager's Parameter Store, ten parameters at once. */
import type { SSM } from "@aws-sdk/client-ssm";
import { answerEach, answerInBatches, answerInGroups } from "../../base/answering.ts";
import type { SecretAnswer, SecretReference, SecretRefusal } from "../../ports/secret-store.ts";
import type { Clients } from "./clients.ts";
import { ask } from "./faults.ts";
import { answerByScope, invalid, isRefusal, type Scope, scopeOf, unknownParameter } from "./reference.ts";

/** What GetParameters takes. */
const BATCH = 10;
const AT_A_TIME = 4;
const NAME = /^(?:\/?[\w.-]+(?:\/[\w.-]+)*|arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter(?:\/[\w.-]+)+)$/;
const SELECTOR = /^(?:\d+|[A-Za-z_.-][\w.-]{0,99})$/;
const SELECTED = /^(.*):([^:/]*)$/;
const ARN_WITHOUT_NAME = /^arn:(?:[^:]*:){4}$/;
const MISSING: SecretRefusal = { kind: "missing", why: "Parameter Store has none under this name" };

/** What is asked for, of a reference that is well formed. */
export interface ParameterWish {
  readonly scope: Scope;
  /** As Parameter Store has it: with its leading slash where it has folders, or an ARN. */
  readonly name: string;
  /** Number of a version or a label; undefined for the newest. */
  readonly selector: string | undefined;
  readonly kms: string | undefined;
}

/** The name and what stands behind its last colon; an ARN has colons of its own. */
function partsOf(path: string): readonly [name: string, selector: string | undefined] {
  const [, name = "", selector = ""] = SELECTED.exec(path) ?? [];
  if (name === "" || ARN_WITHOUT_NAME.test(`${name}:`)) return [path, undefined];
  return [name, selector];
}

export function wishOf(reference: SecretReference): ParameterWish | SecretRefusal {
  const wrong = unknownParameter(reference, ["region", "profile", "version", "label", "kms"]);
  if (wrong) return wrong;
  const { version, label, kms } = reference.parameters;
  const [written, behind] = partsOf(reference.path);
  const selectors = [behind, version, label].filter((selector) => selector !== undefined);
  if (selectors.length > 1) return invalid("more than one version or label is asked for");
  if (!NAME.test(written))
    return invalid("the path is neither a name nor an ARN of a parameter", "aws-ssm:///<folder>/<name>");
  const [selector] = selectors;
  if (selector !== undefined && !SELECTOR.test(selector))
    return invalid(`${selector} is neither a version's number nor a label`);
  const scope = scopeOf(reference);
  if (isRefusal(scope)) return scope;
  const needsSlash = written.includes("/") && !written.startsWith("/") && !written.startsWith("arn:");
  return { scope, name: needsSlash ? `/${written}` : written, selector, kms };
}

const askedName = ({ name, selector }: ParameterWish) =>
  selector === undefined ? name : `${name}:${selector}`;

/** No two of these have the same name: answers are told apart by it. */
async function readBatch(
  client: SSM,
  wishes: readonly ParameterWish[],
  signal: AbortSignal,
): Promise<readonly (SecretAnswer | undefined)[]> {
  const given = { Names: wishes.map(askedName), WithDecryption: true };
  const asked = await ask(
    signal,
    (options) => client.getParameters(given, options),
    ({ Parameters, InvalidParameters }) => (Parameters ?? InvalidParameters) !== undefined,
  );
  if ("fault" in asked) {
    const { refusal } = asked.fault;
    // One name that may not be read, or that AWS doesn't take, spoils the whole call.
    const alone = wishes.length === 1 || refusal.kind === "unreachable";
    return wishes.map(() => (alone ? refusal : undefined));
  }
  const { Parameters = [] } = asked.answer;
  return wishes.map(({ name }) => {
    const found = Parameters.find(({ Name, ARN }) => Name === name || ARN === name);
    return found?.Value ? { kind: "found", text: found.Value, version: found.Version?.toString() } : MISSING;
  });
}

/** One parameter by itself. */
export async function readParameter(
  client: SSM,
  wish: ParameterWish,
  signal: AbortSignal,
): Promise<SecretAnswer> {
  return (await readBatch(client, [wish], signal))[0] ?? MISSING;
}

export function openParameterStore(clients: Clients) {
  const ofScope = async (
    scope: Scope,
    wishes: readonly ParameterWish[],
    signal: AbortSignal,
  ): Promise<SecretAnswer[]> => {
    const client = await clients.parameterStore(scope);
    if (isRefusal(client)) return wishes.map(() => client);
    const known = await answerInGroups(
      wishes,
      ({ selector }) => String(selector === undefined),
      async (group) =>
        group[0]!.selector === undefined
          ? answerInBatches(group, BATCH, (batch) => readBatch(client, batch, signal))
          : group.map(() => undefined),
    );
    const numbered = wishes.map((wish, at) => ({ wish, answer: known[at] }));
    return answerEach(numbered, AT_A_TIME, async ({ wish, answer }) =>
      answer === undefined ? readParameter(client, wish, signal) : answer,
    );
  };

  return (references: readonly SecretReference[], signal: AbortSignal): Promise<SecretAnswer[]> =>
    answerByScope(references.map(wishOf), (scope, wishes) => ofScope(scope, wishes, signal));
}
