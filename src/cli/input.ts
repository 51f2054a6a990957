/** Reading a value that must not be an argument: from a pipe, or typed unseen at a terminal. */
import { isatty, type ReadStream } from "node:tty";

async function readPipe(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

const ENTER = /[\r\n]/;
const INTERRUPT = "\u0003";
const BACKSPACE = /[\u007f\b]/;

/** One line of a terminal, of which nothing is shown. Interrupted, the process is. */
export function readUnseen(prompt: string, terminal: ReadStream = process.stdin): Promise<string> {
  const { stderr } = process;
  // Before the question is seen, so that nothing of the answer is.
  terminal.setRawMode(true).setEncoding("utf8").resume();
  stderr.write(prompt);
  return new Promise((resolve) => {
    let typed = "";
    const finish = () => {
      terminal.off("data", take).setRawMode(false).pause();
      stderr.write("\n");
      resolve(typed);
    };
    const take = (text: string) => {
      for (const character of text) {
        if (ENTER.test(character)) return finish();
        if (character === INTERRUPT) {
          finish();
          process.kill(process.pid, "SIGINT");
          return;
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
