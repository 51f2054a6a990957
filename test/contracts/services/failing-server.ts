/** An HTTP server of this machine that stands for a service, and can fail in all the ways that services do. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a service does instead of its work. */
export const FAILURES = [
  "refuses connections",
  "resets connections",
  "hangs",
  "hangs in the middle of an answer",
  "breaks off in the middle of an answer",
  "fails inside",
  "is throttled",
  "answers a page",
  "answers JSON of another kind",
  "answers without end",
] as const;
export type Failure = (typeof FAILURES)[number];

/** Failures that end only by the caller's signal. */
export const ENDLESS: readonly Failure[] = ["hangs", "hangs in the middle of an answer"];

export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answered = Response | Promise<Response>;
export type Interceptor = (request: Request, answer: () => Answered) => Answered;

export interface FailingServer {
  readonly address: string;
  /** All that was asked so far. */
  readonly requests: readonly Request[];
  /** How many answers without end were read as far as they go. */
  swallowed(): number;
  /** From now on. */
  fail(failure: Failure): Promise<void>;
  /** From now on requests are answered by this; `answer` lets the service do its work. */
  intercept(interceptor: Interceptor): void;
  /** Ends when the next request has arrived. */
  asked(): Promise<unknown>;
  close(): Promise<void>;
}

const PIECE = "a".repeat(64 * 1024);
/** Far more than any limit, should nobody stop it. */
const ENDLESS_PIECES = 1024;

function* withoutEnd(): Generator<string> {
  yield '{"SecretString":"';
  for (let piece = 0; piece < ENDLESS_PIECES; piece++) yield PIECE;
  yield '"}';
}

/** Whether the caller read it as far as it goes. */
async function answerWithoutEnd(response: ServerResponse): Promise<boolean> {
  response.writeHead(200, { "content-type": "application/json" });
  return pipeline(Readable.from(withoutEnd()), response).then(
    () => true,
    () => false,
  );
}

/** @param throttled how the service itself says that it was asked too often. */
function failAs(
  failure: Failure,
  request: IncomingMessage,
  response: ServerResponse,
  throttled: Response,
  quoted: string,
  swallow: () => void,
): void {
  const answer = ({ status, headers = {}, body }: Response) => {
    response.writeHead(status, headers).end(body);
  };
  const begin = () => {
    response.writeHead(200, { "content-length": "1000" }).write(`{"SecretString":"${quoted}`);
  };
  const ways: Readonly<Record<Failure, () => void>> = {
    "refuses connections": () => request.socket.resetAndDestroy(),
    "resets connections": () => request.socket.resetAndDestroy(),
    hangs: () => undefined,
    "hangs in the middle of an answer": begin,
    "breaks off in the middle of an answer": () => {
      begin();
      setImmediate(() => request.socket.destroy());
    },
    "fails inside": () =>
      answer({ status: 500, body: JSON.stringify({ message: quoted, errors: [quoted] }) }),
    "is throttled": () => answer(throttled),
    "answers a page": () =>
      answer({ status: 200, headers: { "content-type": "text/html" }, body: `<p>${quoted}</p>` }),
    "answers JSON of another kind": () =>
      answer({ status: 200, body: JSON.stringify({ answer: quoted, data: { answer: quoted } }) }),
    "answers without end": () => void answerWithoutEnd(response).then((whole) => whole && swallow()),
  };
  ways[failure]();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/**
 * @param work the service's own answers.
 * @param throttled its answer to whoever asks too often.
 * @param quoted a text that failures answer with: it must not get into any message.
 */
export async function openServer(
  work: (request: Request) => Answered,
  throttled: Response,
  quoted: string,
): Promise<FailingServer> {
  const requests: Request[] = [];
  const waiting: (() => void)[] = [];
  let failure: Failure | undefined;
  let answered: Interceptor = (_request, answer) => answer();
  let swallowed = 0;
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    const { method = "", headers } = incoming;
    const request = { method, url: new URL(incoming.url ?? "/", "http://service"), headers, body };
    requests.push(request);
    if (failure)
      failAs(failure, incoming, response, throttled, quoted, () => {
        swallowed++;
      });
    else {
      const { status, headers: own = {}, body: text } = await answered(request, () => work(request));
      response.writeHead(status, own).end(text);
    }
    for (const go of waiting.splice(0)) go();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    swallowed: () => swallowed,
    async fail(next) {
      failure = next;
      if (next === "refuses connections") await close();
    },
    intercept(interceptor) {
      answered = interceptor;
    },
    asked: () =>
      new Promise<void>((proceed) => {
        waiting.push(proceed);
      }),
    close,
  };
}
