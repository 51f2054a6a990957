/** How many requests a client may make in a minute. Kept in memory: each process counts for itself. */
import { Refusal, type Request } from "./http.ts";

const WINDOW_MS = 60_000;

/** Throws 429 from the request after the last allowed one until the minute is over. */
export function createRateLimit(perMinute: number, now: () => number = Date.now): (request: Request) => void {
  let windowStart = now();
  const counts = new Map<string, number>();
  return ({ client }) => {
    if (now() - windowStart >= WINDOW_MS) {
      counts.clear();
      windowStart = now();
    }
    const count = (counts.get(client) ?? 0) + 1;
    counts.set(client, count);
    if (count <= perMinute) return;
    const seconds = Math.ceil((windowStart + WINDOW_MS - now()) / 1000);
    throw new Refusal(429, "rate_limited", `at most ${perMinute} requests a minute`, {
      "retry-after": String(seconds),
    });
  };
}
