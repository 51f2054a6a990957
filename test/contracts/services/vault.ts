/**
 * What Vault's API documents say of the key-value engine (version 2), of leases and of logging in, as far as Ringfence
 * asks: a service of this machine, in memory.
 */
import { randomBytes } from "node:crypto";
import { exactJson } from "../../../src/base/exact-json.ts";
import { PLANTED } from "../secret-store-subject.ts";
import { type FailingServer, openServer, type Request, type Response } from "./failing-server.ts";

interface Version {
  data: unknown;
  deleted: boolean;
  destroyed: boolean;
}

interface Kept {
  readonly versions: Version[];
  custom: Readonly<Record<string, string>> | null;
}

export interface VaultService extends FailingServer {
  /** A token that may do everything. */
  readonly token: string;
  /** Puts a secret there, or a further version of it. */
  keep(path: string, data: unknown): void;
  /** Nobody may have it, nor write it. */
  deny(path: string): void;
  readonly kept: ReadonlyMap<string, Kept>;
  /** What logins are answered with; a method that is not in it is not enabled. */
  readonly logins: Map<string, (body: Readonly<Record<string, unknown>>) => boolean>;
  /** Seconds that the token of a login lives. */
  loginSeconds: number;
  /** Seconds that a leased credential lives, from its making or renewal on. */
  leaseSeconds: number;
  /** Answers everything with this, as a standby node or a sealed one does. */
  instead: Response | undefined;
}

/** In bytes of JSON; Vault's own limit is a thousand times as large. */
const LARGEST = 100_000;
const THROTTLED: Response = { status: 429, body: JSON.stringify({ errors: [PLANTED] }) };

const ok = (data: unknown): Response => ({ status: 200, body: JSON.stringify(data) });
const wrong = (status: number, ...errors: string[]): Response => ({
  status,
  body: JSON.stringify({ errors }),
});
const NOTHING: Response = { status: 204, body: "" };

type Body = Readonly<Record<string, unknown>>;
type Engine = (part: string, path: string, request: Request, body: Body) => Response;

function keyValues(kept: Map<string, Kept>): Engine {
  const about = (number: number, { deleted, destroyed }: Version) => ({
    version: number,
    created_time: "2026-01-01T00:00:00.000000000Z",
    deletion_time: deleted ? "2026-01-02T00:00:00.000000000Z" : "",
    destroyed,
    custom_metadata: null,
  });
  const read = (path: string, { url }: Request): Response => {
    const { versions = [] } = kept.get(path) ?? {};
    const number = Number(url.searchParams.get("version") ?? versions.length);
    const version = versions[number - 1];
    if (!version) return wrong(404);
    const gone = version.deleted || version.destroyed;
    const data = { data: gone ? null : version.data, metadata: about(number, version) };
    return {
      ...ok({ request_id: "r", lease_id: "", renewable: false, lease_duration: 0, data }),
      status: gone ? 404 : 200,
    };
  };
  const write = (path: string, { options, data }: Body): Response => {
    if (JSON.stringify(data).length > LARGEST) return wrong(413, `too large: ${JSON.stringify(data)}`);
    const { versions, custom } = kept.get(path) ?? { versions: [], custom: null };
    if ((options as { cas?: number }).cas !== versions.length)
      return wrong(400, `check-and-set parameter did not match the current version ${PLANTED}`);
    versions.push({ data, deleted: false, destroyed: false });
    kept.set(path, { versions, custom });
    return ok({ data: about(versions.length, versions.at(-1)!) });
  };
  const metadata = (path: string, { method }: Request, { custom_metadata }: Body): Response => {
    const secret = kept.get(path);
    if (!secret) return wrong(404);
    if (method !== "GET") {
      secret.custom = custom_metadata as Record<string, string>;
      return NOTHING;
    }
    return ok({ data: { current_version: secret.versions.length, custom_metadata: secret.custom } });
  };
  const remove = (path: string, { versions: numbers }: Body, how: "deleted" | "destroyed"): Response => {
    for (const number of numbers as number[]) {
      const version = kept.get(path)?.versions[number - 1];
      if (version) version[how] = true;
    }
    return NOTHING;
  };
  return (part, path, request, body) => {
    if (part === "data") return request.method === "GET" ? read(path, request) : write(path, body);
    if (part === "metadata") return metadata(path, request, body);
    return part === "destroy" || part === "delete"
      ? remove(path, body, part === "destroy" ? "destroyed" : "deleted")
      : wrong(404);
  };
}

/** Credentials of a database, and the leases on them. */
function database(leases: Set<string>, seconds: () => number) {
  const lease = (id: string) => ({ lease_id: id, lease_duration: seconds(), renewable: true });
  return {
    create(path: string): Response {
      const id = `${path}/${randomBytes(12).toString("base64url")}`;
      leases.add(id);
      const data = {
        username: `v-${randomBytes(6).toString("hex")}`,
        password: randomBytes(12).toString("hex"),
      };
      return ok({ ...lease(id), data });
    },
    renew: ({ lease_id }: Body): Response =>
      leases.has(String(lease_id)) ? ok(lease(String(lease_id))) : wrong(400, `lease not found ${PLANTED}`),
    revoke({ lease_id }: Body): Response {
      leases.delete(String(lease_id));
      return NOTHING;
    },
  };
}

export async function openVault(): Promise<VaultService> {
  const kept = new Map<string, Kept>();
  const denied = new Set<string>();
  const tokens = new Set([`hvs.${randomBytes(18).toString("base64url")}`]);
  const [token = ""] = tokens;
  const logins: VaultService["logins"] = new Map();
  const keyValue = keyValues(kept);
  const leased = database(new Set(), () => service.leaseSeconds);
  const login = (method: string, body: Body): Response => {
    if (!logins.get(method)?.(body)) return wrong(400, `not this one: ${JSON.stringify(body)}`);
    const client_token = `hvs.${randomBytes(18).toString("base64url")}`;
    tokens.add(client_token);
    return ok({ auth: { client_token, lease_duration: service.loginSeconds, renewable: true } });
  };
  const answer = (request: Request): Response => {
    if (service.instead) return service.instead;
    const [, version, mount = "", part = "", ...rest] = decodeURIComponent(request.url.pathname).split("/");
    const path = rest.join("/");
    const body = request.body === "" ? {} : (exactJson(request.body) as Body);
    if (version !== "v1" || request.headers["x-vault-request"] !== "true") return wrong(400);
    if (mount === "auth" && path === "login") return login(part, body);
    if (!tokens.has(String(request.headers["x-vault-token"])) || denied.has(path))
      return wrong(403, `permission denied: ${PLANTED}`);
    if (mount === "kv") return keyValue(part, path, request, body);
    if (mount === "database" && part === "creds") return leased.create(`database/creds/${path}`);
    if (mount === "sys" && path === "renew") return leased.renew(body);
    if (mount === "sys" && path === "revoke") return leased.revoke(body);
    return wrong(404, `no handler for route ${PLANTED}`);
  };
  const server = await openServer(answer, THROTTLED, PLANTED);
  const service: VaultService = {
    ...server,
    token,
    kept,
    logins,
    loginSeconds: 3600,
    leaseSeconds: 3600,
    instead: undefined,
    deny: (path) => void denied.add(path),
    keep(path, data) {
      const secret = kept.get(path) ?? { versions: [], custom: null };
      secret.versions.push({ data, deleted: false, destroyed: false });
      kept.set(path, secret);
    },
  };
  return service;
}
