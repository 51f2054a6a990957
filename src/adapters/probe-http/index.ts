/** Probes over HTTP and TCP by Node's own clients. An answer is read only so far, and a redirect is an answer. */
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { connect } from "node:net";
import { systemCode } from "../../base/error.ts";
import type { HttpProbe, ProbeAnswer, TcpProbe } from "../../model/credential-probe.ts";
import type { Prober } from "../../ports/probe.ts";

const LARGEST_ANSWER = 64 * 1024;
/** What a system says of a failure; anything longer might quote what was sent. */
const WORD = /^[A-Z][A-Z0-9_]{1,79}$/;

function silent(error: unknown, signal: AbortSignal): ProbeAnswer {
  if (signal.aborted) return { kind: "silent", why: "no answer in time" };
  const code = systemCode(error);
  if (code === undefined) throw error;
  return { kind: "silent", why: WORD.test(code) ? code : "the connection failed" };
}

/** The answer's JSON; undefined for any other, and for a long one. */
async function bodyOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    // Leaving the loop ends the connection.
    if (size > LARGEST_ANSWER) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

async function askHttp({ method, url, headers }: HttpProbe, signal: AbortSignal): Promise<ProbeAnswer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const start = url.startsWith("https:") ? tlsRequest : plainRequest;
    start(url, { method, headers: { ...headers, "content-length": 0 }, signal, agent: false }, resolve)
      .on("error", reject)
      .end();
  });
  return { kind: "answered", status: message.statusCode ?? 0, body: await bodyOf(message) };
}

function askTcp({ host, port }: TcpProbe, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once("connect", () => {
      socket.destroy();
      resolve({ kind: "connected" });
    });
    socket.once("error", reject);
  });
}

export function openProber(): Prober {
  return {
    async ask(request, signal) {
      if (signal.aborted) return { kind: "silent", why: "no answer in time" };
      try {
        return request.kind === "http" ? await askHttp(request, signal) : await askTcp(request, signal);
      } catch (error) {
        return silent(error, signal);
      }
    },
  };
}
