/**
 * An environment's identity that was handed out for a time: it lies in the home, sealed under the machine's key with
 * everything that is known of it. Whoever reads it when its time is over removes it, and writes down beside it that it
 * is over, so that a copy that is put back gives nothing. That keeps honest people honest;
 * who copies it while it is there has it, which is why secrets are rotated afterwards.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { rememberSecret } from "../../base/redact.ts";
import { deriveKey, open, seal } from "../../base/seal.ts";
import type { Environment } from "../../model/project.ts";
import { neededMachineMaterial, readKeyFile } from "../../snapshot/home.ts";
import { snapshotPath } from "../../snapshot/snapshot.ts";
import type { App } from "../app.ts";

/** So much later a use is remembered anew. */
const STEP_MS = 1_000;

/** Times in milliseconds since 1970, UTC. */
export interface HeldIdentity {
  /** The operation that handed it out. */
  readonly operation: string;
  readonly person: string;
  readonly opened: number;
  readonly until: number;
  /** The latest time at which it was there. */
  readonly seen: number;
  readonly identity: string;
}

type Home = Pick<App, "home" | "project">;

export function heldPath({ home, project }: Home, { name }: Pick<Environment, "name">): string {
  return join(home, "break-glass", project.name, `${name}.sealed`);
}

function keyOf(
  { home, project }: Home,
  { name }: Pick<Environment, "name">,
): { key: Buffer; purpose: string } {
  const purpose = `break-glass:${project.name}:${name}`;
  return { key: deriveKey(neededMachineMaterial(home), purpose), purpose };
}

export function holdIdentity(app: Home, environment: Environment, held: HeldIdentity): void {
  const { key, purpose } = keyOf(app, environment);
  const sealed = seal(key, purpose, Buffer.from(JSON.stringify(held)));
  writeFileAtomic(heldPath(app, environment), `${sealed.toString("base64")}\n`, 0o600);
}

function endedPath(app: Home, environment: Environment): string {
  return heldPath(app, environment).replace(/\.sealed$/, ".ended");
}

/** Operations whose identity was taken away again. */
function endedHere(app: Home, environment: Environment): string[] {
  return (readKeyFile(endedPath(app, environment)) ?? "").split("\n").filter((line) => line !== "");
}

/** Takes the identity away for good: a copy of what an operation handed out is not taken again. */
export function endIdentity(app: Home, environment: Environment, operation: string): void {
  const ended = endedHere(app, environment);
  // First, so that nothing in between leaves it usable.
  if (!ended.includes(operation))
    writeFileAtomic(endedPath(app, environment), `${[...ended, operation].join("\n")}\n`, 0o600);
  dropIdentity(app, environment);
}

/** Takes it away, with what was compiled meanwhile; the operation that handed it out may do so again. */
export function dropIdentity(app: Home, environment: Environment): void {
  rmSync(heldPath(app, environment), { force: true });
  rmSync(snapshotPath(app.project.root, environment.name), { force: true });
}

/** A clock before the latest time that was seen was set back: nobody knows how late it is, so it is too late. */
function isOver({ seen, until }: HeldIdentity, now: number): boolean {
  return now < seen || now >= until;
}

/**
 * The identity that was handed out, while its time lasts. One whose time is over, or that can't be read, is removed.
 *
 * @throws SNAPSHOT_KEY_UNUSABLE for a file that others may read
 */
export function heldIdentity(
  app: Home & Pick<App, "clock">,
  environment: Environment,
): HeldIdentity | undefined {
  const text = readKeyFile(heldPath(app, environment));
  if (text === undefined) return undefined;
  const { key, purpose } = keyOf(app, environment);
  const content = open(key, purpose, Buffer.from(text, "base64"));
  const held = content && (JSON.parse(content.toString()) as HeldIdentity);
  // Asked after the file was read: another process may have just written down a later time.
  const now = app.clock.now();
  if (!held) {
    dropIdentity(app, environment);
    return undefined;
  }
  if (isOver(held, now) || endedHere(app, environment).includes(held.operation)) {
    endIdentity(app, environment, held.operation);
    return undefined;
  }
  rememberSecret(held.identity);
  if (now - held.seen >= STEP_MS) holdIdentity(app, environment, { ...held, seen: now });
  return held;
}
