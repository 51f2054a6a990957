/** Time as the application sees it, so that tests can hold it still. */

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after `milliseconds`, or rejects with the signal's reason when aborted before. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
