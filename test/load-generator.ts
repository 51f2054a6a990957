/**
 * Steady HTTP load that counts every failure. Requests start by the clock, whether or not earlier ones are
 * answered, and a latency counts from the moment when its request was due: a server that stalls can't hide it.
 */
import { Agent, get, type IncomingMessage } from "node:http";

export interface LoadOptions {
  readonly url: string;
  readonly requestsPerSecond: number;
  /** Kept-alive connections at most. Every fourth request comes on a fresh connection of its own. */
  readonly connections: number;
  /** A request without an answer by then has failed; 10 s unless told. */
  readonly timeoutMs?: number;
  /** Names the kind of a good answer, such as the release that gave it; counted in `answers`. */
  readonly kindOf?: (body: string) => string;
}

export interface LoadResult {
  readonly sent: number;
  /** Answers below 400 that came whole. */
  readonly ok: number;
  /** How often each status from 400 on, or network error code, was met. */
  readonly failed: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Load {
  /** What was counted so far. */
  progress(): LoadResult;
  /** Starts no more requests; resolves when every request that was sent is answered or has failed. */
  stop(): Promise<LoadResult>;
}

const TICK_MS = 5;
const FRESH_EVERY = 4;

/** Resolves with the body of an answer below 400; rejects with what to count the failure by. */
function request(url: string, agent: Agent | false, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(error.code ?? error.message);
    const sent = get(url, { agent, timeout: timeoutMs }, (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        if (status >= 400) reject(String(status));
        else if (!answer.complete) reject("cut off");
        else resolve(Buffer.concat(chunks).toString());
      });
    });
    sent.on("timeout", () =>
      sent.destroy(Object.assign(new Error("no answer in time"), { code: "timeout" })),
    );
    sent.on("error", fail);
  });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function startLoad(options: LoadOptions): Load {
  const { url, requestsPerSecond, connections, timeoutMs = 10_000, kindOf } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const began = performance.now();
  const latencies: number[] = [];
  const failed: Record<string, number> = {};
  const answers: Record<string, number> = {};
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  const count = (counts: Record<string, number>, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };

  const send = async (dueAt: number): Promise<void> => {
    try {
      const body = await request(url, sent % FRESH_EVERY === 0 ? false : agent, timeoutMs);
      latencies.push(performance.now() - dueAt);
      if (kindOf) count(answers, kindOf(body));
    } catch (error) {
      count(failed, String(error));
    }
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * requestsPerSecond);
    for (; sent < due; sent++) {
      const running = send(began + (sent / requestsPerSecond) * 1000);
      inFlight.add(running);
      void running.then(() => inFlight.delete(running));
    }
  }, TICK_MS);

  const progress = (): LoadResult => {
    const sorted = [...latencies].sort((a, b) => a - b);
    return {
      sent,
      ok: latencies.length,
      failed: { ...failed },
      answers: { ...answers },
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
    };
  };
  return {
    progress,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      agent.destroy();
      return progress();
    },
  };
}
