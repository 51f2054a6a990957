/**
 * How the command line, the supervisor and the routers talk: one JSON document a line over a Unix socket,
 * `{id, call, input}` answered by `{id, result}` or `{id, error}`. Knows no call by name.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { type ErrorDetail, RingfenceError } from "../../base/error.ts";
import { targetErrors } from "./errors.ts";

/** Longest line, in UTF-16 units. An environment block can't exceed 2 MiB on Linux, a set has a few. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Nobody answered. Every caller turns it into an error that names who was asked. */
export class NoAnswer extends Error {
  /** `gone`: no one listens, or the connection broke. `timeout`: someone listens and stays silent. */
  readonly reason: "gone" | "timeout";
  constructor(reason: "gone" | "timeout", message: string) {
    super(message);
    this.reason = reason;
  }
}

interface WireError extends ErrorDetail {
  readonly code: string;
}

type Reply = { id: number; result?: unknown } | { id: number; error: WireError };
type Handler = (call: string, input: unknown) => Promise<unknown>;

function errorOnWire(error: unknown): WireError {
  if (error instanceof RingfenceError) {
    const { code, message: what, where, why, fix, details } = error;
    return { code, what, where, why, fix, details };
  }
  return { code: "", what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function errorFromWire({ code, ...detail }: WireError): Error {
  const kind = Object.entries(targetErrors.kinds).find(([known]) => known === code)?.[1];
  return kind ? new RingfenceError(code, kind, detail) : new Error(detail.what);
}

/** Calls `onLine` for each whole line. A line over the limit ends the connection. */
function readLines(socket: Socket, onLine: (line: string) => void): void {
  let pieces: string[] = [];
  let length = 0;
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = chunk.split("\n");
    for (const [index, text] of lines.entries()) {
      pieces.push(text);
      length += text.length;
      if (length > LONGEST_LINE) {
        socket.destroy();
        return;
      }
      if (index === lines.length - 1) return;
      const line = pieces.join("");
      pieces = [];
      length = 0;
      onLine(line);
    }
  });
}

async function answer(socket: Socket, line: string, handle: Handler): Promise<void> {
  let reply: Reply;
  let id = 0;
  try {
    const request = JSON.parse(line) as { id: number; call: string; input: unknown };
    id = request.id;
    reply = { id, result: await handle(request.call, request.input) };
  } catch (error) {
    reply = { id, error: errorOnWire(error) };
  }
  if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
}

/** Listens on a socket path. Calls on one connection run side by side. @throws the system's error */
export function serveWire(path: string, handle: Handler): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    readLines(socket, (line) => void answer(socket, line, handle));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

/**
 * One call on a connection of its own.
 *
 * @throws NoAnswer when nobody listens, the connection breaks or the time is over.
 * @throws RingfenceError the other side's error, with its code.
 */
export function callWire(path: string, call: string, input: unknown, timeoutMs: number): Promise<unknown> {
  const id = 1;
  const line = JSON.stringify({ id, call, input });
  if (line.length > LONGEST_LINE) {
    throw targetErrors.TARGET_MESSAGE_TOO_LARGE({
      what: `the call ${call} has ${line.length} characters, at most ${LONGEST_LINE} are accepted`,
      why: "the settings of the services travel in it",
      fix: "pass large values as files of the artifact instead of settings",
    });
  }
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => fail("timeout", `no answer to ${call} within ${timeoutMs} ms`), timeoutMs);
    const fail = (reason: "gone" | "timeout", message: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new NoAnswer(reason, message));
    };
    socket.on("error", (error) => fail("gone", error.message));
    socket.on("close", () => fail("gone", `the connection closed before ${call} was answered`));
    socket.on("connect", () => socket.write(`${line}\n`));
    readLines(socket, (text) => {
      const reply = JSON.parse(text) as Reply;
      if (reply.id !== id) return;
      clearTimeout(timer);
      if ("error" in reply) reject(errorFromWire(reply.error));
      else resolve(reply.result);
      socket.destroy();
    });
  });
}
