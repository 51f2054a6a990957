/** Asking for a passphrase at the terminal, without showing it. */
import { closeSync, openSync } from "node:fs";
import { isatty, ReadStream } from "node:tty";

const ENTER = /[\r\n]/;
const CANCEL = new Set(["\u0003", "\u0004"]);
const ERASE = new Set(["\u007f", "\b"]);

/** The process's own terminal: standard input may hold a value. Undefined where there is none. */
function openTerminal(): number | undefined {
  try {
    return openSync("/dev/tty", "r+");
  } catch {
    return undefined;
  }
}

/** Reads to the end of a line; undefined when it is given up. */
function readLine(terminal: ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed: string[] = [];
    terminal.on("data", (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (ENTER.test(character)) return resolve(typed.join(""));
        if (CANCEL.has(character)) return resolve(undefined);
        typed = ERASE.has(character) ? typed.slice(0, -1) : [...typed, character];
      }
    });
    terminal.once("end", () => resolve(undefined));
  });
}

/** Writes the question on standard error and reads one line; undefined for one that is given up, or empty. */
async function ask(question: string): Promise<string | undefined> {
  const handle = openTerminal();
  if (handle === undefined) return undefined;
  const terminal = new ReadStream(handle);
  // Before the question is seen, so that nothing of the answer is.
  terminal.setRawMode(true);
  terminal.setEncoding("utf8");
  process.stderr.write(question);
  try {
    return (await readLine(terminal)) || undefined;
  } finally {
    terminal.setRawMode(false);
    terminal.destroy();
    process.stderr.write("\n");
  }
}

/** What asks for passphrases here; undefined where nobody could see the question or answer it. */
export function passphraseAsker(): ((question: string) => Promise<string | undefined>) | undefined {
  if (!isatty(2)) return undefined;
  const handle = openTerminal();
  if (handle === undefined) return undefined;
  closeSync(handle);
  return ask;
}
