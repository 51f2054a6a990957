/** Asking for a passphrase at the terminal, without showing it. */
import { closeSync, openSync } from "node:fs";
import { isatty, ReadStream } from "node:tty";
import { systemCode } from "../base/error.ts";
import { readUnseen } from "./input.ts";

/** The process's own terminal: standard input may hold a value. Undefined where there is none. */
function openTerminal(): number | undefined {
  try {
    return openSync("/dev/tty", "r+");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

async function ask(question: string): Promise<string | undefined> {
  const handle = openTerminal();
  if (handle === undefined) return undefined;
  const terminal = new ReadStream(handle);
  try {
    return (await readUnseen(question, terminal)) || undefined;
  } finally {
    terminal.destroy();
  }
}

/** What asks for passphrases here; undefined where nobody could see the question or answer it. */
export function passphraseAsker(): typeof ask | undefined {
  const handle = isatty(2) ? openTerminal() : undefined;
  if (handle === undefined) return undefined;
  closeSync(handle);
  return ask;
}
