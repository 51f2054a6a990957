/**
 * Writes new parameters to Parameter Store, encrypted. Its newest version is what everyone gets, so nothing can be
 * staged there: what is to rotate belongs into Secrets Manager.
 */
import type { SecretWriter, SecretWritten } from "../../ports/secret-store.ts";
import type { Clients } from "./clients.ts";
import { ask } from "./faults.ts";
import { readParameter, wishOf } from "./parameter-store.ts";
import { invalid, isRefusal } from "./reference.ts";

/** Above it Parameter Store wants to be paid: bytes. */
const LARGEST_STANDARD = 4096;
const FIRST = "1";

async function noStages(): Promise<SecretWritten> {
  return invalid(
    "Parameter Store gives everyone the newest version at once: nothing can be staged in it",
    "keep a secret that rotates in Secrets Manager: aws-sm://<name>",
  );
}

export function openParameterStoreWriter(clients: Clients): SecretWriter {
  const create: SecretWriter["create"] = async (reference, text, _token, signal) => {
    const wish = wishOf(reference);
    if (isRefusal(wish)) return wish;
    if (wish.selector !== undefined || wish.name.startsWith("arn:"))
      return invalid("a new parameter is made by its name alone");
    const client = await clients.parameterStore(wish.scope);
    if (isRefusal(client)) return client;
    const given = { Name: wish.name, Value: text, Type: "SecureString" as const, Overwrite: false };
    const key = wish.kms === undefined ? {} : { KeyId: wish.kms };
    const tier = Buffer.byteLength(text) > LARGEST_STANDARD ? { Tier: "Advanced" as const } : {};
    const asked = await ask(
      signal,
      (options) => client.putParameter({ ...given, ...key, ...tier }, options),
      ({ Version }) => Version !== undefined,
    );
    if (!("fault" in asked)) return { kind: "written", version: String(asked.answer.Version) };
    if (asked.fault.code !== "ParameterAlreadyExists") return asked.fault.refusal;
    const there = await readParameter(client, wish, signal);
    if (there.kind === "unreachable") return there;
    // Parameter Store keeps no token: the same text as the first version is taken for an earlier call of ours.
    return there.kind === "found" && there.text === text && there.version === FIRST
      ? { kind: "written", version: FIRST }
      : { kind: "exists", why: "a parameter of this name is there already" };
  };
  return { create, stage: noStages, promote: noStages, discard: noStages };
}
