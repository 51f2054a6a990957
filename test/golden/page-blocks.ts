/** The pages of docs/, their fenced blocks and the commands in those. Reads only. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = /^\$ ((?:.*\\\n)*.*)\n?((?:(?!\$ ).*\n)*)/gm;
const PORT = /\b24\d{3}\b/g;

/** A fenced block with a language: its language, its body. */
export const BLOCK = /^```(\w+)\n(.*?)^```$/gms;

export interface TypedCommand {
  readonly command: string;
  /** What the page says that it prints. */
  readonly stands: string;
}

/** The commands of a `console` block. */
export function commandsOf(body: string): TypedCommand[] {
  return [...body.matchAll(COMMAND)].map(([, command, stands]) => ({ command: command!, stands: stands! }));
}

export interface Page {
  /** From the repository's root: `docs/run.md`. */
  readonly name: string;
  readonly text: string;
  readonly commands: readonly TypedCommand[];
  /** Ports that the page's services take: the numbers from 24000 to 24999 on it. */
  readonly ports: readonly string[];
}

/** Every page of docs/. */
export function pages(): Page[] {
  return globSync("docs/*.md", { cwd: REPOSITORY })
    .sort()
    .map((name) => {
      const text = readFileSync(`${REPOSITORY}${name}`, "utf8");
      const bodies = [...text.matchAll(BLOCK)].filter(([, language]) => language === "console");
      return {
        name,
        text,
        commands: bodies.flatMap(([, , body]) => commandsOf(body!)),
        ports: [...new Set(text.match(PORT))],
      };
    });
}
