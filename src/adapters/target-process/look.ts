/** Looking at one instance from outside: a GET request, a connection, a port. Changes nothing. */
import { get } from "node:http";
import { connect, createServer } from "node:net";
import { redact } from "../../base/redact.ts";

const HOST = "127.0.0.1";
const LONGEST_BODY_SHOWN = 200;

export interface Look {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
  /** `GET /readyz → 503 in 12 ms`, with the beginning of an unhappy answer; scrubbed. */
  readonly evidence: string;
}

function describe(path: string, status: number, milliseconds: number, body: string): string {
  const text = redact(body).replace(/\s+/g, " ").trim();
  const shown = status >= 300 && text ? `: ${text.slice(0, LONGEST_BODY_SHOWN)}` : "";
  return `GET ${path} → ${status} in ${milliseconds} ms${shown}`;
}

/** One GET request on a connection of its own. Never throws. */
export function lookAt(port: number, path: string, timeoutMs: number): Promise<Look> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  return new Promise((resolve) => {
    const failed = (reason: string) => {
      const milliseconds = elapsed();
      resolve({ status: 0, milliseconds, evidence: `GET ${path} → ${reason} after ${milliseconds} ms` });
    };
    if (!/^\/[\x21-\x7e]*$/.test(path)) {
      failed("no path that can be asked for");
      return;
    }
    const request = get({ host: HOST, port, path, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (body.length < LONGEST_BODY_SHOWN * 4) body += chunk;
      });
      response.on("error", () => failed("the answer broke off"));
      response.on("end", () => {
        const milliseconds = elapsed();
        resolve({ status, milliseconds, evidence: describe(path, status, milliseconds, body) });
      });
    });
    const timer = setTimeout(() => request.destroy(new Error("no answer")), timeoutMs);
    request.on("close", () => clearTimeout(timer));
    request.on("error", (error: NodeJS.ErrnoException) => {
      failed(error.code === "ECONNREFUSED" ? "connection refused" : (error.code ?? error.message));
    });
  });
}

/** True when something accepts connections on the port. */
export function accepts(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: timeoutMs });
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.on("connect", () => done(true));
    socket.on("timeout", () => done(false));
    socket.on("error", () => done(false));
  });
}

/** True when nobody listens on the port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
