/**
 * Getting the values that other stores keep, before settings are used: a resolution tells which references its values
 * hang on, the stores are asked, and it is resolved again with what they said.
 */
import { rememberSecret } from "../base/redact.ts";
import { type Resolution, settingsOfPhase } from "../config/index.ts";
import { type Environment, expandTemplate, type Project } from "../model/project.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import type { Phase } from "../model/setting.ts";
import type { SecretAnswer, SecretLease, SecretStore } from "../ports/secret-store.ts";
import {
  type ReadReference,
  readReference,
  referencesErrors,
  type UnresolvedReference,
  unresolvedError,
} from "../references/index.ts";
import { withoutKeys } from "../snapshot/key-variables.ts";
import type { App } from "./app.ts";
import { answering } from "./key-answers.ts";
import { programVariables, WITHIN } from "./program-variables.ts";
import { earlierAnswers, keepAnswers, type Room, type Wanted } from "./reference-cache.ts";
import { programsFor } from "./reference-programs.ts";
import { ownSchemes, referencesOf, withAnswers } from "./reference-values.ts";
import { requireTrust } from "./trust/programs.ts";

/** Where the manifest says nothing else. */
const TIMEOUT_MS = 10_000;
const RETRIES = 2;
const BACKOFF_MS = 200;

/** A credential that its store takes back; whoever has it may renew it, and should give it back. */
export interface HeldLease {
  readonly store: SecretStore;
  readonly lease: SecretLease;
  /** As written. */
  readonly reference: string;
}

/** A resolution with the values that it hangs on. */
export interface Prepared<T> {
  readonly resolution: T;
  /** Knows what was asked: whatever it resolves has the values too. */
  readonly app: App;
  /** How many secrets the stores gave. */
  readonly asked: number;
  readonly leases: readonly HeldLease[];
  /** Settings whose values are earlier answers, because their stores could not be reached. */
  readonly offline: readonly string[];
}

export interface PrepareOptions {
  /** Only what is needed then; all settings unless told. */
  readonly phase?: Phase | undefined;
  /** Only these settings. */
  readonly only?: readonly string[];
  /** Whose stores count; the work tree's unless told. */
  readonly project?: Project;
  /** Only credentials that nobody takes back: there is no run to renew them for. */
  readonly lasting?: true;
  /** What can't be got becomes findings, and is not thrown. */
  readonly report?: true;
}

function wantedOf({ project, environment }: Room, pending: readonly PendingReference[]): Wanted[] {
  const own = ownSchemes(project);
  return pending.flatMap((one) => {
    const read = readReference(expandTemplate(one.text, environment), own);
    return read?.kind === "reference" ? [{ ...one, read }] : [];
  });
}

type Answers = ReadonlyMap<string, SecretAnswer>;

/** What there is to ask with. */
interface Asking extends Room {
  /** Gets every lease as soon as a store gives it, so that none is lost where something throws after that. */
  readonly leases: HeldLease[];
}

/** Half of it by chance, so that many callers don't come back together. */
function backoffMs(attempt: number): number {
  return BACKOFF_MS * 2 ** attempt * (0.5 + Math.random());
}

/**
 * Asks until there is an answer, or it has been asked often enough: only what can't be reached is asked again.
 *
 * @param leases gets every lease as soon as the store gives it
 */
export async function askStore(
  { clock }: App,
  store: SecretStore,
  references: readonly ReadReference[],
  timeoutMs: number,
  leases: HeldLease[] = [],
): Promise<Answers> {
  const answers = new Map<string, SecretAnswer>();
  let open = references;
  for (let attempt = 0; ; attempt++) {
    const said = await store.read(
      open.map(({ secret }) => secret),
      AbortSignal.timeout(timeoutMs),
    );
    open.forEach(({ key, secret }, index) => {
      const answer = said[index]!;
      answers.set(key, answer);
      if (answer.kind === "found" && answer.lease)
        leases.push({ store, lease: answer.lease, reference: secret.text });
    });
    open = open.filter(({ key }) => answers.get(key)!.kind === "unreachable");
    if (open.length === 0 || attempt === RETRIES) return answers;
    await clock.wait(backoffMs(attempt));
  }
}

/** The store that answers a scheme, with what it may find in its environment; undefined where there is none. */
export async function storeOf(
  { app, project, environment }: Room,
  scheme: string,
): Promise<SecretStore | undefined> {
  const declared = project.stores.find((one) => one.scheme === scheme);
  const command = declared?.command?.map((word) => expandTemplate(word, environment));
  // A program must not find the project's secrets; what asks a store here may need them to sign in.
  const isProgram = scheme === "cmd" || command !== undefined;
  const variables = isProgram
    ? programVariables(app, project, environment, `${scheme}:`)
    : withoutKeys(app.variables);
  return app.secretStore(scheme, { variables, command });
}

/** How long one call of a store may take, in milliseconds. */
export function timeoutOf({ stores }: Project, scheme: string): number {
  return stores.find((one) => one.scheme === scheme)?.timeoutMs ?? TIMEOUT_MS;
}

/** Does it until it is answered, or was tried often enough: what a store can't be reached for is tried again. */
export async function tryAgain<T extends { readonly kind: string }>(
  { clock }: App,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await work();
    if (answer.kind !== "unreachable" || attempt === RETRIES) return answer;
    await clock.wait(backoffMs(attempt));
  }
}

async function askScheme(
  asking: Asking,
  scheme: string,
  references: readonly ReadReference[],
): Promise<Answers> {
  const store = await storeOf(asking, scheme);
  if (!store) {
    const answer = { kind: "invalid", why: `nothing here answers ${scheme}` } as const;
    return new Map(references.map(({ key }) => [key, answer]));
  }
  const { app, project, leases } = asking;
  return askStore(app, store, references, timeoutOf(project, scheme), leases);
}

/** Each secret once, all stores at the same time. All have ended, and given what they give, when one's error is thrown. */
async function askAll(asking: Asking, wanted: readonly Wanted[]): Promise<Answers> {
  const once = new Map(wanted.map(({ read }) => [read.key, read]));
  const schemes = Map.groupBy(once.values(), ({ secret }) => secret.scheme);
  const ended = await Promise.allSettled(
    [...schemes].map(([scheme, references]) => askScheme(asking, scheme, references)),
  );
  const answers = ended.flatMap((one) => {
    if (one.status === "rejected") throw one.reason;
    return [...one.value];
  });
  return new Map(answers);
}

/** @throws TRUST_REQUIRED; an error for a program that asks while it is itself asked */
export function assertRunnable({ app, project, environment }: Room, wanted: readonly Wanted[]): void {
  const programs = programsFor(project, environment, wanted);
  requireTrust(app, programs);
  const outer = app.variables[WITHIN];
  if (programs.length === 0 || outer === undefined) return;
  const why = `the program of ${outer} asks for it, and programs are not run by programs`;
  const fix = "let the program ask for no environment whose secrets programs give";
  throw unresolvedError(
    environment.name,
    wanted.map(({ setting, text, place }) => ({ setting, text, place, why, fix })),
  );
}

function pendingIn(
  resolution: Pick<Resolution, "settings">,
  { phase, only }: PrepareOptions,
): readonly PendingReference[] {
  const settings =
    phase === undefined ? [...resolution.settings.values()] : settingsOfPhase(resolution, phase);
  return settings
    .filter(({ name }) => only === undefined || only.includes(name))
    .flatMap((setting) => setting.pending ?? []);
}

function knowing(room: Room, answers: ReadonlyMap<string, SecretAnswer>): Room {
  const references = withAnswers(room.app.references, room.environment.name, answers);
  return { ...room, app: { ...room.app, references } };
}

/** Gives credentials back that nobody will use. What that comes to nobody can wait for: they end by themselves. */
export async function giveBack(leases: readonly HeldLease[], timeoutMs = TIMEOUT_MS): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  await Promise.allSettled(leases.map(({ store, lease }) => store.leases?.revoke(lease, signal)));
}

/** @throws REFERENCE_LEASED */
function refuseLeases({ environment }: Room, leases: readonly HeldLease[]): void {
  if (leases.length === 0) return;
  throw referencesErrors.REFERENCE_LEASED({
    what: `${environment.name} has credentials here that end by themselves`,
    where: leases.map(({ reference }) => reference).join(", "),
    why: "they are renewed only while a command runs under ringfence run; they were given back",
    fix: `ringfence run -e ${environment.name} -- <command>   # or refer to a lasting secret, as vault://kv/…`,
  });
}

/** Says which settings have earlier answers. */
export function warnOfEarlier(
  warn: (text: string) => void,
  environment: string,
  { offline }: Pick<Prepared<unknown>, "offline">,
) {
  if (offline.length === 0) return;
  warn(
    `the stores of ${offline.join(", ")} can't be reached: ${environment} gets earlier answers, as its policy secrets.offline allows; recorded`,
  );
}

function unresolvedIn({ app, project, environment }: Room, wanted: readonly Wanted[]): UnresolvedReference[] {
  const read = referencesOf(app.references, project, environment);
  return wanted.flatMap(({ setting, text, place }) => {
    const reading = read(text);
    if (reading?.kind === "value") rememberSecret(reading.text);
    return reading?.kind === "failed" ? [{ setting, text, place, why: reading.why, fix: reading.fix }] : [];
  });
}

/**
 * Resolves, asks the stores for what the result hangs on, and resolves again, until nothing is missing. Where nothing
 * is kept elsewhere it is resolved once, and no store is loaded.
 *
 * @param resolveIn resolves with what the given app knows
 * @throws REFERENCE_UNRESOLVED with everything that could not be got; REFERENCE_LEASED; TRUST_REQUIRED before a
 * program is run
 */
export async function prepared<T extends Pick<Resolution, "settings">>(
  app: App,
  environment: Environment,
  resolveIn: (app: App) => T | Promise<T>,
  options: PrepareOptions = {},
): Promise<Prepared<T>> {
  const { project = app.project, report, lasting } = options;
  let room: Room = { app, project, environment };
  let asked = 0;
  const leases: HeldLease[] = [];
  const offline = new Set<string>();
  try {
    for (;;) {
      const resolution = await answering(() => resolveIn(room.app));
      const wanted = wantedOf(room, pendingIn(resolution, options));
      if (wanted.length === 0) return { resolution, app: room.app, asked, leases, offline: [...offline] };
      assertRunnable(room, wanted);
      const said = await askAll({ ...room, leases }, wanted);
      const earlier = await earlierAnswers(room, wanted, said);
      for (const name of earlier.settings) offline.add(name);
      const answers = new Map([...said, ...earlier.answers]);
      asked += answers.size;
      room = knowing(room, answers);
      const unresolved = unresolvedIn(room, wanted);
      keepAnswers(room, said);
      if (unresolved.length > 0 && !report) throw unresolvedError(environment.name, unresolved);
      if (lasting) refuseLeases(room, leases);
    }
  } catch (error) {
    await giveBack(leases);
    throw error;
  }
}
