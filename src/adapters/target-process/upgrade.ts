/** Passing a WebSocket handshake and then bytes both ways (RFC 6455 section 4, RFC 9110 section 7.8). */
import { type IncomingMessage, request as send } from "node:http";
import type { Duplex } from "node:stream";
import { requestHeaders, responseHeaders } from "./headers.ts";

function head(answer: IncomingMessage, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage ?? ""}`];
  for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Joins two streams until either ends or breaks: half-open connections are of no use to a WebSocket. */
function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.on("end", () => to.end(() => to.destroy()));
    from.pipe(to, { end: false });
  }
}

/** @param done is called once, when the caller's connection is closed, with the instance's status (0: no answer). */
export function passUpgrade(
  port: number,
  request: IncomingMessage,
  socket: Duplex,
  first: Buffer,
  done: (status: number) => void,
): void {
  let status = 0;
  socket.on("error", () => socket.destroy());
  const asked = send({
    host: "127.0.0.1",
    port,
    method: request.method,
    path: request.url,
    headers: { ...requestHeaders(request), connection: "Upgrade", upgrade: request.headers.upgrade },
    agent: false,
  });
  socket.once("close", () => {
    asked.destroy();
    done(status);
  });
  asked.on("upgrade", (answer, upstream, rest) => {
    status = answer.statusCode ?? 0;
    socket.write(head(answer, answer.rawHeaders));
    if (rest.length > 0) socket.write(rest);
    if (first.length > 0) upstream.write(first);
    join(socket, upstream);
  });
  asked.on("response", (answer) => {
    status = answer.statusCode ?? 0;
    socket.write(head(answer, [...responseHeaders(answer), "connection", "close"]));
    answer.pipe(socket);
  });
  asked.on("error", () => {
    if (status === 0)
      socket.end("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else socket.destroy();
  });
  asked.end();
}
