/** Reading a value that must not be an argument: from a pipe, or typed unseen at a terminal. */
import { isatty, type ReadStream } from "node:tty";
import { EXIT } from "../base/error.ts";

async function readPipe(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** Enter, or the end of the input: Ctrl-D. */
const END = /[\r\n\u0004]/;
const INTERRUPT = "\u0003";
const BACKSPACE = /[\u007f\b]/;

/** Ends the process as Ctrl-C does, by its own watch where there is one: what was typed so far is no answer. */
function interrupt(): never {
  process.emit("SIGINT", "SIGINT");
  process.exit(EXIT.interrupted);
}

/** One line of a terminal, of which nothing is shown. Ctrl-C ends the process, with nothing used. */
export function readUnseen(prompt: string, terminal: ReadStream = process.stdin): Promise<string> {
  const { stderr } = process;
  // Before the question is seen, so that nothing of the answer is.
  terminal.setRawMode(true).setEncoding("utf8").resume();
  stderr.write(prompt);
  return new Promise((resolve) => {
    let typed = "";
    const leave = () => {
      terminal.off("data", take).setRawMode(false).pause();
      stderr.write("\n");
    };
    const take = (text: string) => {
      for (const character of text) {
        if (character === INTERRUPT) {
          leave();
          interrupt();
        }
        if (END.test(character)) {
          leave();
          return resolve(typed);
        }
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character;
      }
    };
    terminal.on("data", take);
  });
}

/** All of a pipe, or one unseen line of a terminal. */
export function readValue(): Promise<string> {
  return isatty(0) ? readUnseen("value (not shown): ") : readPipe();
}
