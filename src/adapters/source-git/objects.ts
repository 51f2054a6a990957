/** Reads git's objects one after the other from one process, in pieces: none has to fit into the memory. */
import { run, stream } from "./git-process.ts";
import { readBlob, readObjects } from "./text-commands.ts";

export interface ReadObject<T> {
  readonly asked: T;
  /** Undefined where the repository lacks it. */
  readonly bytes: number | undefined;
  readonly chunks: AsyncIterable<Buffer>;
}

const LINE_END = 10;

/** The bytes of a process, taken by lines and by counts. */
class Bytes {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    return true;
  }

  /** Without its line end; undefined at the end. */
  async line(): Promise<string | undefined> {
    let end = this.#held.indexOf(LINE_END);
    while (end < 0) {
      if (!(await this.#more())) return undefined;
      end = this.#held.indexOf(LINE_END);
    }
    const line = this.#held.toString("utf8", 0, end);
    this.#held = this.#held.subarray(end + 1);
    return line;
  }

  /** At most so many bytes, at least one; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    if (this.#held.length === 0 && !(await this.#more())) return undefined;
    const some = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(some.length);
    return some;
  }
}

/** One object's content. What is left of it must be skipped before the next is read. */
class Content {
  readonly #bytes: Bytes;
  #left: number;

  constructor(bytes: Bytes, size: number) {
    this.#bytes = bytes;
    this.#left = size;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const some = await this.#bytes.some(this.#left);
      if (!some) return;
      this.#left -= some.length;
      yield some;
    }
  }

  async skip(): Promise<void> {
    for await (const _ of this.chunks());
    // The line end behind it.
    await this.#bytes.some(1);
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** @throws SOURCE_TOOL_MISSING, SOURCE_FAILED */
export async function* objects<T extends { readonly id: string }>(
  folder: string,
  wanted: readonly T[],
): AsyncGenerator<ReadObject<T>> {
  if (wanted.length === 0) return;
  function* ids() {
    for (const { id } of wanted) yield `${id}\n`;
  }
  const output = stream(readObjects(), "objects could not be read", { folder }, ids());
  const bytes = new Bytes(output);
  try {
    for (const asked of wanted) {
      const [, , size] = ((await bytes.line()) ?? "").split(" ");
      if (size === undefined) {
        yield { asked, bytes: undefined, chunks: nothing() };
        continue;
      }
      const content = new Content(bytes, Number(size));
      yield { asked, bytes: Number(size), chunks: content.chunks() };
      await content.skip();
    }
  } finally {
    await output.return(undefined);
  }
}

/** The whole of one object as text; undefined where the repository lacks it. */
export async function objectText(folder: string, id: string): Promise<string | undefined> {
  const { ok, output } = await run(readBlob(id), { folder });
  return ok ? output.toString() : undefined;
}
