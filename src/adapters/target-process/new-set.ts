/** From the set that a caller asks for to the record that is kept; and whether a kept one is the one asked for. */
import { randomBytes, randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { RingfenceError } from "../../base/error.ts";
import type { InstanceSet, ServiceInstance } from "../../ports/target.ts";
import { targetErrors } from "./errors.ts";
import { commandOf, environmentOf, findCommand } from "./instance.ts";
import { isFree } from "./look.ts";
import { sealVariables } from "./sealed-environment.ts";
import type { InstanceRecord, SetRecord, SupervisorState } from "./state.ts";

/** Names become parts of file names. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Below the ports for outgoing connections: 32768 on Linux, 49152 elsewhere (ip(7), RFC 6335). */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_767;

/** The context that a service's environment is sealed with. */
export function sealContext(environment: string, set: string, service: string): string {
  return JSON.stringify([environment, set, service]);
}

export function startFailed(set: string, service: string, why: string, fix: string): RingfenceError {
  return targetErrors.TARGET_START_FAILED({
    what: `service ${service} of set ${set} can't be started`,
    where: `set ${set}, service ${service}`,
    why,
    fix,
  });
}

function checkService(set: InstanceSet, service: ServiceInstance): void {
  const refuse = (why: string, fix: string) => {
    throw startFailed(set.name, service.name, why, fix);
  };
  if (!SAFE_NAME.test(service.name))
    refuse("its name is no name for a file", "name it with letters, digits, - and _");
  if (!statSync(service.folder, { throwIfNoEntry: false })?.isDirectory()) {
    refuse(`there is no folder ${service.folder}`, "ringfence release create");
  }
  if (service.start.length === 0)
    refuse("it has no start command", "declare `start:` of the service in ringfence.yaml");
  if ([...service.start, ...Object.entries(service.environment).flat()].some((text) => text.includes("\0"))) {
    refuse("an argument or setting holds a NUL character", "remove it: no process can receive one");
  }
  const { command } = commandOf(service);
  const facts = { environment: "", version: "", data: "", port: 0, mark: "" };
  if (!findCommand(command, environmentOf(service.environment, facts).PATH ?? "")) {
    refuse(
      `${command} is no file of the artifact and is not found on PATH`,
      "correct `start:` of the service in ringfence.yaml, or install the command",
    );
  }
}

/** @throws TARGET_START_FAILED for what can be known before anything starts. */
export function checkSet(set: InstanceSet): void {
  const names = new Set<string>();
  const ports = new Map<number, string>();
  if (!SAFE_NAME.test(set.name)) {
    const fix = "name it with letters, digits, - and _";
    throw startFailed(set.name, "(all)", "the set's name is no name for a file", fix);
  }
  for (const service of set.services) {
    checkService(set, service);
    if (names.has(service.name))
      throw startFailed(set.name, service.name, "the set has it twice", "remove one");
    names.add(service.name);
    if (service.port === undefined) continue;
    const other = ports.get(service.port);
    if (other !== undefined) {
      const fix = `give ${service.name} another \`port:\` in ringfence.yaml`;
      throw startFailed(set.name, service.name, `${other} has the port ${service.port}, too`, fix);
    }
    ports.set(service.port, service.name);
  }
}

/**
 * A port for an instance: free now, and of no instance or service that may be down only for the moment. Not one
 * of those that the system hands out by itself: until the instance listens, it could give it to someone else.
 */
export async function newPort(state: SupervisorState, taken: ReadonlySet<number>): Promise<number> {
  const known = state.sets.flatMap((set) =>
    set.instances.flatMap(({ port, publicPort }) => [port, publicPort]),
  );
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!known.includes(port) && !taken.has(port) && (await isFree(port))) return port;
  }
}

/** The record of a set that does not run yet. */
export async function recordOf(
  set: InstanceSet,
  state: SupervisorState,
  environment: string,
  key: Uint8Array,
): Promise<SetRecord> {
  const instances: InstanceRecord[] = [];
  const taken = new Set(set.services.flatMap((service) => service.port ?? []));
  for (const service of set.services) {
    const port = await newPort(state, taken);
    taken.add(port);
    const context = sealContext(environment, set.name, service.name);
    instances.push({
      service: service.name,
      folder: service.folder,
      start: service.start,
      publicPort: service.port ?? null,
      health: service.health ?? null,
      secretNames: service.secretNames,
      sealed: sealVariables(key, context, service.environment, service.secretNames),
      mark: randomBytes(12).toString("hex"),
      port,
      process: null,
      restarts: 0,
    });
  }
  return { name: set.name, version: set.version, retiring: false, instances };
}

/** True when the record was made from this set, its settings aside. */
export function sameDefinition(record: SetRecord, set: InstanceSet): boolean {
  const kept = record.instances.map(({ service, folder, start, publicPort, health, secretNames }) => {
    return { name: service, folder, start, port: publicPort, health, secretNames };
  });
  const asked = set.services.map(({ name, folder, start, port, health, secretNames }) => {
    return { name, folder, start, port: port ?? null, health: health ?? null, secretNames };
  });
  return record.version === set.version && canonicalJson(kept) === canonicalJson(asked);
}

export function setConflict(set: string, why: string): RingfenceError {
  return targetErrors.TARGET_SET_CONFLICT({
    what: `a set ${set} stands here already`,
    where: `set ${set}`,
    why,
    fix: "retire it first, or start this one under another name",
  });
}
