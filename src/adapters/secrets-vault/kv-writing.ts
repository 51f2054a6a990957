/**
 * Writes to Vault's key-value engine, version 2, each write with `cas`: only over the version that was looked at.
 *
 * The engine gives everyone the newest version and has no stages. A staged version therefore lies beside the secret,
 * at its path with `.ringfence-staged` behind it; promoting writes it to the secret itself, notes there under which
 * number, and destroys the copy.
 */
import { isDeepStrictEqual } from "node:util";
import { exactJson } from "../../base/exact-json.ts";
import type {
  SecretReference,
  SecretRefusal,
  SecretWriter,
  SecretWritten,
} from "../../ports/secret-store.ts";
import { isObject, isRefusal, unreachable } from "./http.ts";
import { readVersion, stagedName, versionName } from "./kv.ts";
import { type KvPath, kvPathOf, pathOf, stagedOf } from "./path.ts";
import { invalid, missing, refusalOf } from "./refusal.ts";
import type { Session } from "./session.ts";

/** In the metadata of the staged copies: `<number of the copy>:<number that it became>`. */
const PROMOTED = "ringfence-promoted";

interface Opened {
  readonly session: Session;
  readonly at: KvPath;
  readonly signal: AbortSignal;
}

type Data = Readonly<Record<string, unknown>>;

function dataOf(text: string): Data | undefined {
  try {
    const value = exactJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isSame = (text: string | undefined, data: Data) =>
  text !== undefined && isDeepStrictEqual(dataOf(text), data);

const exists = (why: string): SecretWritten => ({ kind: "exists", why });
const written = (version: string): SecretWritten => ({ kind: "written", version });

/** Only by its text does Vault tell this one from other requests that it does not take. */
const isConflict = (errors: unknown): boolean =>
  Array.isArray(errors) &&
  errors.some((error) => String(error).includes("check-and-set parameter did not match"));

/** The number of the version that was written; `conflict` where another one is the newest by now. */
async function write(
  { session, signal }: Opened,
  at: KvPath,
  data: Data,
  cas: number,
): Promise<number | "conflict" | SecretRefusal> {
  const path = pathOf(at, "data");
  const answer = await session.ask({ method: "POST", path, body: { options: { cas }, data } }, signal);
  if (isRefusal(answer)) return answer;
  if (answer.status === 400 && isConflict(answer.body.errors)) return "conflict";
  const refusal = refusalOf(answer, `write ${path}`);
  if (refusal) return refusal;
  const { data: about } = answer.body;
  return isObject(about) && typeof about.version === "number"
    ? about.version
    : unreachable("something else answered");
}

/** The newest version; number 0 and no text where there never was one. */
async function newestOf({ session, signal }: Opened, at: KvPath) {
  const found = await readVersion(session, at, undefined, signal);
  return isRefusal(found) && found.kind === "missing" ? { number: 0, text: undefined } : found;
}

async function create(opened: Opened, data: Data): Promise<SecretWritten> {
  const result = await write(opened, opened.at, data, 0);
  if (typeof result === "number") return written(String(result));
  if (result !== "conflict") return result;
  const first = await readVersion(opened.session, opened.at, 1, opened.signal);
  if (isRefusal(first) && first.kind === "unreachable") return first;
  // Vault keeps no token: the same text as the first version is taken for an earlier call of ours.
  return !isRefusal(first) && isSame(first.text, data)
    ? written("1")
    : exists("a secret is, or was, under this path");
}

async function stage(opened: Opened, data: Data): Promise<SecretWritten> {
  const current = await newestOf(opened, opened.at);
  if (isRefusal(current)) return current;
  if (current.number === 0) return missing();
  const beside = stagedOf(opened.at);
  const copy = await newestOf(opened, beside);
  if (isRefusal(copy)) return copy;
  if (isSame(copy.text, data)) return written(stagedName(copy.number));
  const result = await write(opened, beside, data, copy.number);
  if (result === "conflict") return exists("another version was staged meanwhile");
  return typeof result === "number" ? written(stagedName(result)) : result;
}

/** Destroys a copy for good, or deletes a version so that Vault's own `undelete` brings it back. */
async function remove(
  { session, signal }: Opened,
  at: KvPath,
  part: "destroy" | "delete",
  number: number,
): Promise<SecretRefusal | undefined> {
  const path = pathOf(at, part);
  const answer = await session.ask({ method: "PUT", path, body: { versions: [number] } }, signal);
  return isRefusal(answer) ? answer : refusalOf(answer, `write ${path}`);
}

async function note({ session, at, signal }: Opened, copy: number, became: number) {
  const path = pathOf(stagedOf(at), "metadata");
  const body = { custom_metadata: { [PROMOTED]: `${copy}:${became}` } };
  const answer = await session.ask({ method: "POST", path, body }, signal);
  return isRefusal(answer) ? answer : refusalOf(answer, `write ${path}`);
}

/** What a copy that is gone has become; undefined where it was discarded. */
async function notedOf(
  { session, at, signal }: Opened,
  copy: number,
): Promise<number | SecretRefusal | undefined> {
  const path = pathOf(stagedOf(at), "metadata");
  const answer = await session.ask({ method: "GET", path }, signal);
  if (isRefusal(answer)) return answer;
  const refusal = refusalOf(answer, `read ${path}`);
  if (refusal) return refusal.kind === "missing" ? undefined : refusal;
  const { data } = answer.body;
  const noted = isObject(data) && isObject(data.custom_metadata) ? data.custom_metadata[PROMOTED] : undefined;
  const [number, became] = String(noted).split(":");
  return number === String(copy) ? Number(became) : undefined;
}

/** Writes the copy over the version that is to be replaced, and over no other, unless an earlier call has. */
async function takeOver(
  opened: Opened,
  data: Data,
  replaced: string | undefined,
): Promise<number | SecretWritten> {
  const current = await newestOf(opened, opened.at);
  if (isRefusal(current)) return current;
  if (isSame(current.text, data)) return current.number;
  const result =
    String(current.number) === replaced
      ? await write(opened, opened.at, data, current.number)
      : ("conflict" as const);
  return result === "conflict" ? exists("another version was written meanwhile") : result;
}

async function promote(
  opened: Opened,
  version: string,
  replaced: string | undefined,
): Promise<SecretWritten> {
  const name = versionName(version);
  if (!name?.staged) return missing("there is no such staged version");
  const copy = await readVersion(opened.session, stagedOf(opened.at), name.number, opened.signal);
  if (isRefusal(copy) && copy.kind !== "missing") return copy;
  const data = isRefusal(copy) || copy.text === undefined ? undefined : dataOf(copy.text);
  if (!data) {
    const became = await notedOf(opened, name.number);
    if (typeof became === "number") return written(String(became));
    return became ?? missing("there is no such staged version, or it was discarded");
  }
  const became = await takeOver(opened, data, replaced);
  if (typeof became !== "number") return became;
  // Everyone has it by now: what is left to tidy up decides nothing. Without its note the copy stays, to be known by.
  if (!(await note(opened, name.number, became)))
    await remove(opened, stagedOf(opened.at), "destroy", name.number);
  return written(String(became));
}

async function discard(opened: Opened, version: string): Promise<SecretWritten> {
  const name = versionName(version);
  if (!name) return invalid("this is no version of a secret in Vault");
  if (!name.staged) {
    const current = await newestOf(opened, opened.at);
    if (isRefusal(current)) return current;
    if (current.number === name.number)
      return invalid("this version is the newest, which everyone gets: promote another one first");
  }
  const refusal = name.staged
    ? await remove(opened, stagedOf(opened.at), "destroy", name.number)
    : await remove(opened, opened.at, "delete", name.number);
  return refusal && refusal.kind !== "missing" ? refusal : written(version);
}

export function openKvWriter(session: Session): SecretWriter {
  const within = async (
    reference: SecretReference,
    signal: AbortSignal,
    work: (opened: Opened) => Promise<SecretWritten>,
  ): Promise<SecretWritten> => {
    if (reference.scheme !== "vault") return invalid(`nothing is written by ${reference.scheme}`);
    if (reference.parameters.version !== undefined)
      return invalid("what is written has no version yet: leave it out");
    const at = kvPathOf(reference);
    return isRefusal(at) ? at : work({ session, at, signal });
  };
  const withData = (
    reference: SecretReference,
    text: string,
    signal: AbortSignal,
    work: (opened: Opened, data: Data) => Promise<SecretWritten>,
  ): Promise<SecretWritten> =>
    within(reference, signal, async (opened) => {
      const data = dataOf(text);
      return data ? work(opened, data) : invalid('a secret of Vault is a JSON object: {"password": "…"}');
    });
  return {
    create: (reference, text, _token, signal) => withData(reference, text, signal, create),
    stage: (reference, text, _token, signal) => withData(reference, text, signal, stage),
    promote: (reference, version, replaced, signal) =>
      within(reference, signal, (opened) => promote(opened, version, replaced)),
    discard: (reference, version, signal) => within(reference, signal, (opened) => discard(opened, version)),
  };
}
