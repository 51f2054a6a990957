/** Reading a value that must not be an argument: from a pipe, or typed unseen at a terminal. */
import { isatty } from "node:tty";

async function readPipe(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

const ENTER = /[\r\n]/;
const INTERRUPT = "\u0003";
const BACKSPACE = /[\u007f\b]/;

function readUnseen(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  return new Promise((resolve) => {
    let typed = "";
    const finish = () => {
      stdin.off("data", take).setRawMode(false).pause();
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
    stdin.on("data", take);
  });
}

/** All of a pipe, or one unseen line of a terminal. */
export function readValue(): Promise<string> {
  return isatty(0) ? readUnseen("value (not shown): ") : readPipe();
}
