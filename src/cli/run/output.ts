/**
 * A child's output on its way to ours, scrubbed. Nothing here may block: signals for the child are forwarded
 * meanwhile. What can be written without waiting is written at once; the rest by the system's other threads, and
 * nothing more is read until it is written.
 */
import { closeSync, constants, fstatSync, openSync, statSync, write, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { systemCode } from "../../base/error.ts";
import { createScrubber } from "../../base/redact.ts";
import type { LineKeeper } from "./log-file.ts";

const RETRY_MS = 5;

function writeOnce(handle: number, data: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(handle, data, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

/**
 * A handle to the same file on which a write does not wait for a reader: files and /dev/null as they are, a pipe
 * opened once more. The open pipe that others share is left as it is. Undefined where there is none.
 */
function openUnwaiting(handle: number): { readonly handle: number; close(): void } | undefined {
  try {
    const kind = fstatSync(handle);
    if (kind.isFile() || (kind.isCharacterDevice() && kind.rdev === statSync("/dev/null").rdev))
      return { handle, close() {} };
    if (!kind.isFIFO()) return undefined;
    const own = openSync(`/proc/self/fd/${handle}`, constants.O_WRONLY | constants.O_NONBLOCK);
    return { handle: own, close: () => closeSync(own) };
  } catch {
    // No such file here, not ours to open, or no reader any more: writing to the handle itself says which.
    return undefined;
  }
}

/** Where output goes. */
class Output {
  readonly #handle: number;
  readonly #unwaiting: ReturnType<typeof openUnwaiting>;

  constructor(handle: number) {
    this.#handle = handle;
    this.#unwaiting = openUnwaiting(handle);
  }

  /** Writes what can be written now. @returns the rest. @throws EPIPE and others of the system */
  writeNow(data: Buffer): Buffer {
    let rest = data;
    try {
      while (this.#unwaiting && rest.length > 0)
        rest = rest.subarray(writeSync(this.#unwaiting.handle, rest));
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error;
    }
    return rest;
  }

  /** Writes all, however long it takes. @throws EPIPE and others of the system */
  async write(data: Buffer): Promise<void> {
    for (let rest = this.writeNow(data); rest.length > 0; rest = this.writeNow(rest)) {
      try {
        rest = rest.subarray(await writeOnce(this.#handle, rest));
      } catch (error) {
        // Whoever shares the other end may have made it non-blocking: wait until it takes more.
        if (systemCode(error) !== "EAGAIN") throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  close(): void {
    this.#unwaiting?.close();
  }
}

/** What else is to be done with a child's output. */
export interface Passing {
  /** Keeps it besides, before it is shown. */
  readonly kept: LineKeeper | undefined;
  /** Ends the reading, whoever still holds the other end. */
  readonly abandoned: AbortSignal;
}

/** Reads a pipe into memory of the scrubber's, so that nothing is copied on the way. */
function passPipe(pipe: number, output: Output, { kept, abandoned }: Passing): Promise<void> {
  const scrubber = createScrubber();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const callback = (bytes: number, memory: Uint8Array): boolean => {
      try {
        const safe = scrubber.push(memory.subarray(0, bytes));
        kept?.push(safe);
        const rest = output.writeNow(safe);
        if (rest.length === 0) return true;
        output.write(rest).then(() => socket.resume(), fail);
      } catch (error) {
        fail(error);
      }
      return false;
    };
    const socket = new Socket({
      fd: pipe,
      readable: true,
      writable: false,
      onread: { buffer: scrubber.room, callback },
    });
    socket.once("error", fail);
    const finish = () => {
      const last = scrubber.end();
      kept?.push(last);
      output.write(last).then(resolve, reject);
    };
    socket.once("end", finish);
    abandoned.addEventListener("abort", () => {
      socket.destroy();
      finish();
    });
    socket.resume();
  });
}

async function passStream(stream: Readable, output: Output, { kept, abandoned }: Passing): Promise<void> {
  const scrubber = createScrubber();
  // Ended as if there were no more.
  abandoned.addEventListener("abort", () => stream.push(null));
  try {
    for await (const chunk of stream) {
      const safe = scrubber.push(chunk as Buffer);
      kept?.push(safe);
      await output.write(safe);
    }
    const last = scrubber.end();
    kept?.push(last);
    await output.write(last);
  } finally {
    stream.destroy();
  }
}

/**
 * Passes a child's output on, scrubbed, until its end; when nobody reads any more, the child's end is closed as well.
 *
 * @param source the reading end of a pipe, which is closed at the end, or a stream of Node's.
 */
export async function passOutput(source: number | Readable, handle: number, passing: Passing): Promise<void> {
  const output = new Output(handle);
  try {
    await (typeof source === "number"
      ? passPipe(source, output, passing)
      : passStream(source, output, passing));
  } catch (error) {
    if (systemCode(error) !== "EPIPE") throw error;
  } finally {
    passing.kept?.end();
    output.close();
  }
}
