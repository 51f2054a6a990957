/**
 * One request passed to one instance, up to the headers of its answer.
 *
 * No request is lost to a connection that the instance closes while we write on it: only requests without a
 * body and with an idempotent method travel on kept connections, and these are asked once more on a fresh one
 * when a reused connection breaks before any answer. All others get a fresh connection (RFC 9110 section 9.2.2
 * forbids to repeat them).
 */
import { Agent, type ClientRequest, type IncomingMessage, request as send } from "node:http";
import { hasBody, IDEMPOTENT_METHODS, requestHeaders } from "./headers.ts";

const HOST = "127.0.0.1";
/** Below the 5 s after which Node closes an idle connection; a shorter `Keep-Alive: timeout` wins. */
const IDLE_MS = 4_000;
/** An instance that sends no headers this long after it has the whole request is counted as not answering. */
const HEADERS_TIMEOUT_MS = 30_000;

const agent = new Agent({
  keepAlive: true,
  maxFreeSockets: 256,
  timeout: IDLE_MS,
  scheduling: "lifo",
});

export type Answer =
  | { readonly message: IncomingMessage }
  | { readonly message: undefined; readonly why: string };

type Attempt = Answer & { readonly reusedBroke?: boolean };

function attempt(port: number, request: IncomingMessage, body: boolean, kept: boolean): Promise<Attempt> {
  return new Promise((resolve) => {
    const asked: ClientRequest = send({
      host: HOST,
      port,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request),
      agent: kept ? agent : false,
    });
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const awaitHeaders = () => {
      // An answer may come before the request's body has ended.
      if (settled) return;
      timer = setTimeout(() => asked.destroy(new Error("no headers in time")), HEADERS_TIMEOUT_MS);
    };
    const callerLeft = () => asked.destroy(new Error("the caller left"));
    const settle = (result: Attempt) => {
      settled = true;
      clearTimeout(timer);
      resolve(result);
    };
    request.socket.once("close", callerLeft);
    asked.once("close", () => request.socket.off("close", callerLeft));
    asked.once("response", (message) => {
      // It may break before anyone reads it; whoever reads it sees that it is not complete.
      message.on("error", () => message.destroy());
      settle({ message });
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      const broke = error.code === "ECONNRESET" || error.code === "EPIPE";
      settle({
        message: undefined,
        why: error.code ?? error.message,
        reusedBroke: asked.reusedSocket && broke,
      });
      if (!body) return;
      // The rest of the body has nowhere to go, but must be read for the connection to go on.
      request.unpipe(asked);
      request.resume();
    });
    if (body) {
      asked.flushHeaders();
      request.pipe(asked);
      request.once("end", awaitHeaders);
    } else {
      asked.end();
      awaitHeaders();
    }
  });
}

/** Never throws; the message is not read yet. When the caller leaves, the instance sees the connection close. */
export async function ask(port: number, request: IncomingMessage): Promise<Answer> {
  const body = hasBody(request);
  const repeatable = !body && IDEMPOTENT_METHODS.has(request.method ?? "");
  const first = await attempt(port, request, body, repeatable);
  if (!first.reusedBroke || request.socket.destroyed) return first;
  return attempt(port, request, body, false);
}
