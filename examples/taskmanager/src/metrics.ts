/** Counters and one histogram, in the Prometheus text format (version 0.0.4). */

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export class Metrics {
  readonly #requests = new Map<number, number>();
  readonly #jobs = new Map<string, number>();
  /** One more than there are bounds: the last is `+Inf`. */
  readonly #durations = new Array<number>(BUCKETS_SECONDS.length + 1).fill(0);
  #secondsInTotal = 0;

  countRequest(status: number, seconds: number): void {
    this.#requests.set(status, (this.#requests.get(status) ?? 0) + 1);
    const bucket = BUCKETS_SECONDS.findIndex((bound) => seconds <= bound);
    this.#durations[bucket < 0 ? BUCKETS_SECONDS.length : bucket]! += 1;
    this.#secondsInTotal += seconds;
  }

  countJob(kind: string, result: "done" | "failed"): void {
    const labels = `kind="${kind}",result="${result}"`;
    this.#jobs.set(labels, (this.#jobs.get(labels) ?? 0) + 1);
  }

  text(): string {
    let total = 0;
    const buckets = this.#durations.map((count, i) => {
      total += count;
      return `http_request_duration_seconds_bucket{le="${BUCKETS_SECONDS[i] ?? "+Inf"}"} ${total}`;
    });
    return [
      "# TYPE http_requests_total counter",
      ...[...this.#requests].map(([status, count]) => `http_requests_total{status="${status}"} ${count}`),
      "# TYPE http_request_duration_seconds histogram",
      ...buckets,
      `http_request_duration_seconds_sum ${this.#secondsInTotal}`,
      `http_request_duration_seconds_count ${total}`,
      "# TYPE jobs_total counter",
      ...[...this.#jobs].map(([labels, count]) => `jobs_total{${labels}} ${count}`),
      "",
    ].join("\n");
  }
}
