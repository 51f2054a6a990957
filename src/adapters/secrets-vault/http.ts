/**
 * One request to Vault (or OpenBao) and its answer, by Node's own client: it takes a certificate authority of its own,
 * which `fetch` does not. Redirects of standby nodes are followed, never to another scheme; an answer is read only so
 * far.
 */
import { readFileSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { systemCode } from "../../base/error.ts";
import { exactJson, isStructured } from "../../base/exact-json.ts";
import type { SecretRefusal } from "../../ports/secret-store.ts";

/** Of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface VaultRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Behind `/v1/`, each part encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Undefined before anyone is signed in. */
  readonly token?: string;
}

export interface VaultAnswer {
  readonly status: number;
  /** The answer's JSON, an object with its numbers as they are written; empty for an empty answer. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Ask = (request: VaultRequest, signal: AbortSignal) => Promise<VaultAnswer | SecretRefusal>;

interface Endpoint {
  readonly address: URL;
  readonly namespace: string | undefined;
  readonly tls: Readonly<Record<string, string | Buffer>>;
}

/** Vault itself takes no larger request than 32 MiB, and keeps no larger secret than 1 MiB unless told so. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const WORD = /^[A-Z][A-Z0-9_]{1,79}$/;

export function isRefusal(value: object): value is SecretRefusal {
  return "kind" in value && "why" in value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isStructured(value) && !Array.isArray(value);
}

export function unreachable(what: string): SecretRefusal {
  return { kind: "unreachable", why: `Vault gave no answer (${what})` };
}

/** Where Vault is, by the variables that its own command reads. Certificates are always checked. */
function endpointOf(variables: Variables): Endpoint | SecretRefusal {
  const fix = "set VAULT_ADDR to Vault's address, https://vault.example.com:8200";
  if (!variables.VAULT_ADDR) return { kind: "denied", why: "VAULT_ADDR is not set", fix };
  const address = URL.parse(variables.VAULT_ADDR);
  if (!address || !["http:", "https:"].includes(address.protocol))
    return { kind: "denied", why: "VAULT_ADDR is no address of http or https", fix };
  const files = { ca: "VAULT_CACERT", cert: "VAULT_CLIENT_CERT", key: "VAULT_CLIENT_KEY" };
  const tls: Record<string, string | Buffer> = {};
  for (const [option, name] of Object.entries(files)) {
    const file = variables[name];
    if (!file) continue;
    try {
      tls[option] = readFileSync(file);
    } catch (error) {
      return { kind: "denied", why: `the file that ${name} names can't be read (${systemCode(error)})` };
    }
  }
  if (variables.VAULT_TLS_SERVER_NAME) tls.servername = variables.VAULT_TLS_SERVER_NAME;
  return { address, namespace: variables.VAULT_NAMESPACE || undefined, tls };
}

function urlOf({ address }: Endpoint, { path, query = {} }: VaultRequest): URL {
  const url = new URL(address);
  url.pathname = `${address.pathname.replace(/\/+$/, "")}/v1/${path}`;
  url.search = new URLSearchParams(query).toString();
  return url;
}

function send(
  url: URL,
  { namespace, tls }: Endpoint,
  { method, body, token }: VaultRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    accept: "application/json",
    // Proxies in front of Vault may ask for it: no page of elsewhere can send it.
    "x-vault-request": "true",
    ...(token === undefined ? {} : { "x-vault-token": token }),
    ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
    ...(content ? { "content-type": "application/json", "content-length": String(content.length) } : {}),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? tlsRequest : plainRequest;
    start(url, { method, headers, signal, ...tls }, resolve)
      .on("error", reject)
      .end(content);
  });
}

async function textOf(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    // Leaving the loop ends the connection.
    if (size > LARGEST_ANSWER) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === "") return {};
  try {
    const value = exactJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The address that a standby node names; undefined where it may not be gone to. */
function nextAddress({ headers }: IncomingMessage, from: URL): URL | undefined {
  const next = headers.location === undefined ? null : URL.parse(headers.location, from.href);
  return next?.protocol === from.protocol ? next : undefined;
}

async function exchange(endpoint: Endpoint, request: VaultRequest, signal: AbortSignal) {
  let url = urlOf(endpoint, request);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const message = await send(url, endpoint, request, signal);
    const { statusCode: status = 0 } = message;
    if (!REDIRECTS.has(status)) {
      const text = await textOf(message);
      if (text === undefined) return unreachable("its answer has no end");
      const body = parsed(text);
      if (body) return { status, body };
      // A page in place of an error is the service that fails; in place of an answer it is something else.
      return unreachable(`something else answered ${status}`);
    }
    message.destroy();
    const next = nextAddress(message, url);
    if (!next) return unreachable("it leads to another scheme");
    url = next;
  }
  return unreachable("it leads on and on");
}

/** Asks one Vault. Everything that goes wrong on the way is a refusal. */
export function openHttp(variables: Variables): Ask {
  let endpoint: Endpoint | SecretRefusal | undefined;
  return async (request, signal) => {
    endpoint ??= endpointOf(variables);
    if (isRefusal(endpoint)) return endpoint;
    if (signal.aborted) return unreachable("no answer in time");
    try {
      return await exchange(endpoint, request, signal);
    } catch (error) {
      if (signal.aborted) return unreachable("no answer in time");
      const code = systemCode(error);
      if (code === undefined) throw error;
      return unreachable(WORD.test(code) ? code : "the connection failed");
    }
  };
}
