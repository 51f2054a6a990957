/** A small HTTP server: routes, JSON in and out, errors by environment, metrics, and an orderly end. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface Request {
  readonly headers: IncomingMessage["headers"];
  /** Address of the caller, as the router in front of us saw it. */
  readonly client: string;
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body as an object; empty when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is; anything else as JSON; nothing for 204. */
  readonly body?: unknown;
}

/** `METHOD /path/:name` and what answers it. */
export type Routes = Readonly<Record<string, (request: Request) => Reply | Promise<Reply>>>;

/** An answer that is no mistake of ours. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface HttpOptions {
  readonly routes: Routes;
  readonly metrics: Metrics;
  readonly log: Log;
  /** True: the answer to a mistake of ours carries its stack. */
  readonly debug: boolean;
}

export interface HttpServer {
  /** 0 chooses a free port. Resolves with the port once it listens. */
  listen(port: number): Promise<number>;
  /** Stops accepting; resolves when every request in flight is answered. */
  close(): Promise<void>;
}

const LARGEST_BODY_BYTES = 64 * 1024;

async function readBody(message: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new Refusal(413, "too_large", "the body is larger than 64 KiB");
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Falls through to the refusal: the reason would repeat what was sent.
  }
  throw new Refusal(400, "not_json", "the body must be a JSON object");
}

function match(pattern: string, method: string, path: string): Record<string, string> | undefined {
  const [wanted, template = ""] = pattern.split(" ");
  const [expected, given] = [template.split("/"), path.split("/")];
  if (wanted !== method || expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  const fits = expected.every((part, i) => {
    if (!part.startsWith(":")) return part === given[i];
    params[part.slice(1)] = given[i]!;
    return given[i] !== "";
  });
  return fits ? params : undefined;
}

function clientOf(message: IncomingMessage): string {
  const forwarded = message.headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.join() : forwarded)?.split(",").at(-1)?.trim();
  return last || message.socket.remoteAddress || "unknown";
}

async function answer(message: IncomingMessage, options: HttpOptions): Promise<Reply> {
  const method = message.method === "HEAD" ? "GET" : (message.method ?? "GET");
  const path = (message.url ?? "/").split("?")[0]!;
  try {
    for (const [pattern, handler] of Object.entries(options.routes)) {
      const params = match(pattern, method, path);
      if (!params) continue;
      const body = await readBody(message);
      return await handler({ headers: message.headers, client: clientOf(message), params, body });
    }
    throw new Refusal(404, "not_found", `there is no ${method} ${path}`);
  } catch (error) {
    return errorReply(error, options);
  }
}

function errorReply(error: unknown, { log, debug }: HttpOptions): Reply {
  if (error instanceof Refusal) {
    return {
      status: error.status,
      headers: error.headers,
      body: { error: error.code, message: error.message },
    };
  }
  const reference = randomUUID();
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log("ERROR", "request failed", { reference, stack });
  const message = "something went wrong on our side; tell us the reference";
  return {
    status: 500,
    body: { error: "internal", message, reference, ...(debug ? { traceback: stack.split("\n") } : {}) },
  };
}

function encode({ body, headers = {} }: Reply): { text: string; headers: Record<string, string> } {
  if (body === undefined) return { text: "", headers: { ...headers } };
  if (typeof body === "string") return { text: body, headers: { "content-type": "text/plain", ...headers } };
  return { text: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}

export function createHttpServer(options: HttpOptions): HttpServer {
  let closing = false;
  const server: Server = createServer(async (message, response) => {
    const start = performance.now();
    const reply = await answer(message, options);
    const { text, headers } = encode(reply);
    const status = reply.status ?? (reply.body === undefined ? 204 : 200);
    if (closing) response.setHeader("connection", "close");
    if (status !== 204) response.setHeader("content-length", Buffer.byteLength(text));
    response.writeHead(status, headers).end(message.method === "HEAD" ? undefined : text);
    const seconds = (performance.now() - start) / 1000;
    options.metrics.countRequest(status, seconds);
    options.log("DEBUG", "request", { method: message.method, path: message.url?.split("?")[0], status });
  });
  // Longer than a proxy in front of us keeps an idle connection, so that it is never we who hang up first.
  server.keepAliveTimeout = 65_000;

  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
      }),
    close: () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => resolve());
      }),
  };
}
