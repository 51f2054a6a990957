/** Which headers a proxy passes on, as RFC 9110 section 7.6 and RFC 9112 say. Pure. */
import type { IncomingMessage } from "node:http";

/** For one connection only, whatever `Connection` says (RFC 9110 section 7.6.1, RFC 9112 section 6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Safe methods (RFC 9110 section 9.2.1) that a guarding set may answer. */
export const GUARDED_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** RFC 9110 section 9.2.2: asking twice has the effect of asking once. */
export const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PUT",
  "DELETE",
]);

function hopHeaders(connection: string | undefined): Set<string> {
  const named = (connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return new Set([...HOP_BY_HOP, ...named.filter((name) => name !== "")]);
}

/** RFC 9112 section 6: a request has a body exactly when one of the two headers says so. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/**
 * Headers of the request as the instance gets them. `Host` stays; `Expect` is ours to answer and was;
 * `X-Forwarded-For` grows by the caller, the other two are kept when a proxy before us set them.
 */
export function requestHeaders(request: IncomingMessage): Record<string, string | string[]> {
  const dropped = hopHeaders(request.headers.connection);
  const headers: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values && !dropped.has(name) && name !== "expect")
      headers[name] = values.length === 1 ? values[0]! : values;
  }
  if (request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  const before = request.headers["x-forwarded-for"];
  const caller = request.socket.remoteAddress ?? "unknown";
  headers["x-forwarded-for"] = before ? `${before}, ${caller}` : caller;
  headers["x-forwarded-proto"] = request.headers["x-forwarded-proto"] ?? "http";
  const host = request.headers["x-forwarded-host"] ?? request.headers.host;
  if (host !== undefined) headers["x-forwarded-host"] = host;
  return headers;
}

/** The headers of an answer as the caller gets them: names and values in turn, spelling and repetition kept. */
export function responseHeaders(answer: IncomingMessage): string[] {
  const dropped = hopHeaders(answer.headers.connection);
  const kept: string[] = [];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i]!;
    if (!dropped.has(name.toLowerCase())) kept.push(name, answer.rawHeaders[i + 1]!);
  }
  return kept;
}
