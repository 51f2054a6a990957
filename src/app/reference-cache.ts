/**
 * Earlier answers of stores, for as long as the environment's policy lets them stand in while a store can't be
 * reached. They lie sealed with the environment's key, as its snapshot does, and may be deleted at any time.
 */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { systemCode } from "../base/error.ts";
import { deriveKey, open, seal } from "../base/seal.ts";
import type { Environment, Project } from "../model/project.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import type { SecretAnswer } from "../ports/secret-store.ts";
import type { ReadReference } from "../references/index.ts";
import { keyMaterial } from "../snapshot/home.ts";
import { ensureStateFolder, stateFolder } from "../snapshot/state-folder.ts";
import type { App } from "./app.ts";
import { heldIdentity } from "./break-glass/held.ts";

/** Where stores are asked. */
export interface Room {
  readonly app: App;
  /** Whose stores count. */
  readonly project: Project;
  readonly environment: Environment;
}

/** A reference that is asked for, with a setting that needs it. */
export interface Wanted extends PendingReference {
  readonly read: ReadReference;
}

/** An answer as it is kept. */
interface KeptAnswer {
  readonly text: string;
  readonly version: string | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
}

type Kept = Readonly<Record<string, KeptAnswer>>;

export interface EarlierAnswers {
  readonly answers: ReadonlyMap<string, SecretAnswer>;
  /** Settings that get them. */
  readonly settings: readonly string[];
}

const NONE: EarlierAnswers = { answers: new Map(), settings: [] };

function cachePath({ app, environment }: Room): string {
  return join(stateFolder(app.project.root), "cache", `${environment.name}.references`);
}

/** Undefined for a locked identity: nothing is kept then. */
function keyOf({ app, environment }: Room): { key: Buffer; purpose: string } | undefined {
  const purpose = `references:${app.project.name}:${environment.name}`;
  const material = keyMaterial(app.home, app.project.name, environment.name);
  return material === undefined ? undefined : { key: deriveKey(material, purpose), purpose };
}

/** What was kept; nothing where it is missing or was sealed with another key. */
function readKept(room: Room): Kept {
  try {
    const sealedBy = keyOf(room);
    const content = sealedBy && open(sealedBy.key, sealedBy.purpose, readFileSync(cachePath(room)));
    return content ? (JSON.parse(content.toString()) as Kept) : {};
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return {};
  }
}

/** Keeps what stores gave, where the policy may ask for it later. What they take back by themselves is not kept. */
export function keepAnswers(room: Room, answers: ReadonlyMap<string, SecretAnswer>): void {
  const { secretsOfflineMs } = room.environment.policies;
  // An identity that was handed out for a time leaves nothing behind.
  if (secretsOfflineMs === undefined || heldIdentity(room.app, room.environment)) return;
  const at = room.app.clock.now();
  const fresh = [...answers].flatMap(([key, answer]): [string, KeptAnswer][] =>
    answer.kind === "found" && !answer.lease
      ? [[key, { text: answer.text, version: answer.version, at }]]
      : [],
  );
  if (fresh.length === 0) return;
  const young = Object.entries(readKept(room)).filter(([, kept]) => isYoung(kept, at, secretsOfflineMs));
  const sealedBy = keyOf(room);
  if (!sealedBy) return;
  const content = JSON.stringify(Object.fromEntries([...young, ...fresh]));
  ensureStateFolder(room.app.project.root);
  writeFileAtomic(cachePath(room), seal(sealedBy.key, sealedBy.purpose, Buffer.from(content)), 0o600);
}

/** A clock that was put back makes nothing young again. */
function isYoung({ at }: KeptAnswer, now: number, longestMs: number): boolean {
  return at <= now && now - at <= longestMs;
}

/**
 * Earlier answers in place of those that could not be got because a store can't be reached. Their use is recorded.
 *
 * @param said what the stores said now
 */
export async function earlierAnswers(
  room: Room,
  wanted: readonly Wanted[],
  said: ReadonlyMap<string, SecretAnswer>,
): Promise<EarlierAnswers> {
  const { app, environment } = room;
  const { secretsOfflineMs } = environment.policies;
  const lost = wanted.filter(({ read }) => said.get(read.key)?.kind === "unreachable");
  if (secretsOfflineMs === undefined || lost.length === 0) return NONE;
  const kept = readKept(room);
  const found = lost.flatMap(({ setting, read }) => {
    const answer = Object.hasOwn(kept, read.key) ? kept[read.key] : undefined;
    return answer && isYoung(answer, app.clock.now(), secretsOfflineMs)
      ? [{ setting, key: read.key, answer }]
      : [];
  });
  if (found.length === 0) return NONE;
  const settings = [...new Set(found.map(({ setting }) => setting))];
  await app.record.transact((_transaction, record) =>
    record({
      actor: `os:${userInfo().username}`,
      action: "reference.offline",
      subject: settings.join(", "),
      environment: environment.name,
      details: { from: found.map(({ answer }) => new Date(answer.at).toISOString()).sort()[0] ?? null },
    }),
  );
  return {
    answers: new Map(
      found.map(({ key, answer: { text, version } }) => [key, { kind: "found", text, version }]),
    ),
    settings,
  };
}
