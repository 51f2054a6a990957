/** Runs a command of a scene in a process of its own (`crash-child.ts`), and listens to it. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually } from "../contracts/target.ts";
import type { ChildLine, ChildRequest } from "./crash-child.ts";

export type Ending = Extract<ChildLine, { exit: number }>;

export interface OtherProcess {
  readonly pid: number;
  readonly lines: readonly ChildLine[];
  /** Resolves when it has said this. */
  said(what: (line: ChildLine) => boolean): Promise<unknown>;
  /** The cue that one started with `onCue` waits for. */
  begin(): void;
  /** Resolves when it falls asleep where it was told to. */
  asleep(): Promise<unknown>;
  /** Resolves when it is awake again. */
  wake(): Promise<unknown>;
  kill(): void;
  /** How the command ended; undefined when the process was killed. @throws with its standard error for any other end */
  readonly ended: Promise<Ending | undefined>;
}

const SCRIPT = fileURLToPath(new URL("crash-child.ts", import.meta.url));
/** Where Node keeps what it compiled of the sources: a second start takes half of the time. */
const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/ringfence-tests", import.meta.url));

export function startProcess(request: ChildRequest): OtherProcess {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(request)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
  const lines: ChildLine[] = [];
  let trouble = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    trouble += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as ChildLine));
  child.stdin.on("error", () => {});
  const ended = new Promise<Ending | undefined>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const last = lines.find((line): line is Ending => "exit" in line);
      if (last || signal === "SIGKILL") resolve(last);
      else reject(new Error(`the process ended with ${code ?? signal}: ${trouble}`));
    });
  });
  ended.catch(() => {});
  const said: OtherProcess["said"] = (what) => eventually(() => lines.some(what), "it says so");
  return {
    pid: child.pid ?? 0,
    lines,
    said,
    asleep: () => said((line) => "halts" in line),
    // Once may be too early: it says that it halts just before it does.
    wake: () =>
      eventually(() => {
        child.kill("SIGCONT");
        return lines.some((line) => "awake" in line);
      }, "it is awake"),
    kill: () => void child.kill("SIGKILL"),
    begin: () => child.stdin.end("go\n"),
    ended,
  };
}
