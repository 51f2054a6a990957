/**
 * The reverse proxy: a request goes to the set that is routed when it arrives and is finished by it. Streams
 * both ways. Knows pointers and counts, not where they are kept.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { inspect } from "node:util";
import { redact } from "../../base/redact.ts";
import { type Answer, ask } from "./ask.ts";
import { GUARDED_METHODS, hasBody, responseHeaders } from "./headers.ts";
import type { RouterState } from "./router-state.ts";
import type { Tally } from "./tally.ts";
import { passUpgrade } from "./upgrade.ts";

/** Callers close idle connections before we do, so that none sends a request on a closing one. */
const CALLER_IDLE_MS = 65_000;

export interface ProxyContext {
  readonly state: () => RouterState;
  readonly tally: Tally;
}

/** A short JSON answer of the router itself. */
function say(response: ServerResponse, status: number, state: RouterState, error: string): void {
  const body = JSON.stringify({ error, service: state.service, environment: state.environment });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 503 ? { "retry-after": "1" } : {}),
  });
  response.end(body);
}

function failed(answer: Answer): boolean {
  return !answer.message || (answer.message.statusCode ?? 0) >= 500;
}

/** Passes an answer on. Resolves when it has ended: whole, broken off by the instance, or unwanted by the caller. */
function pass(answer: IncomingMessage, response: ServerResponse): Promise<"whole" | "broke" | "left"> {
  const caller = response.socket;
  let broke = answer.errored !== null;
  answer.prependOnceListener("error", () => {
    broke = caller?.destroyed === false;
  });
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer));
  response.flushHeaders();
  return new Promise((resolve) =>
    pipeline(answer, response, () => resolve(answer.complete ? "whole" : broke ? "broke" : "left")),
  );
}

/** Answers with the better of two: the guarding set's when it did not fail. The other one is let go. */
function better(answer: Answer, rescue: Answer): Answer {
  const chosen = failed(rescue) ? answer : rescue;
  (chosen === rescue ? answer : rescue).message?.destroy();
  return chosen;
}

async function forward(
  context: ProxyContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const state = context.state();
  const { routed, guard } = state;
  const { tally } = context;
  if (!routed) {
    say(response, 503, state, `no release of ${state.service} is routed`);
    return;
  }
  tally.enter(routed.set);
  const own = await ask(routed.port, request);
  const status = own.message?.statusCode ?? 0;
  const guarded =
    guard !== null && failed(own) && GUARDED_METHODS.has(request.method ?? "") && !hasBody(request);
  if (guarded) tally.enter(guard.set);
  const answer = guarded ? better(own, await ask(guard.port, request)) : own;
  let end: "whole" | "broke" | "left" = request.socket.destroyed ? "left" : "whole";
  if (end === "left") answer.message?.destroy();
  else if (answer.message) end = await pass(answer.message, response);
  else say(response, 502, state, `${state.service} gave no answer: ${answer.why}`);
  if (guarded) tally.leave(guard.set);
  const outcome = {
    status,
    failed: failed(own) || end === "broke",
    rescued: answer !== own && end === "whole",
  };
  tally.leave(routed.set, end === "left" ? undefined : outcome);
}

/** A server that listens nowhere yet. */
export function createProxy(context: ProxyContext): Server {
  const server = createServer({
    keepAliveTimeout: CALLER_IDLE_MS,
    requestTimeout: 0,
    // Others, such as `h2c`, are an offer that RFC 9110 section 7.8 lets us ignore.
    shouldUpgradeCallback: (request) =>
      request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket",
  });
  server.on("request", (request, response) => {
    response.on("error", () => response.destroy());
    forward(context, request, response).catch((error: unknown) => {
      console.error(redact(inspect(error)));
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    const { routed } = context.state();
    if (!routed) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    context.tally.enter(routed.set);
    passUpgrade(routed.port, request, socket, head, (status) => {
      const outcome = { status, failed: status === 0 || status >= 500, rescued: false };
      context.tally.leave(routed.set, outcome);
    });
  });
  return server;
}
