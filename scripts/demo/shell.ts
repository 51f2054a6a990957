/** How the demo talks: running the real command line, and showing a person what happens. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

/** The checkout that the demo runs from. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENTRY = join(ROOT, "dist", "ringfence.cjs");

type Format = Parameters<typeof styleText>[0];
const paint = (format: Format, text: string) => styleText(format, text, { stream: process.stdout });

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell {
  /** Runs `ringfence …` and shows command and output. Fails the demo unless it ends with the expected code. */
  show(
    args: readonly string[],
    options?: { readonly expect?: number; readonly input?: string; readonly as?: string },
  ): Promise<Ran>;
  /** The same, unseen, with `--json`; answers the document. */
  ask<T>(
    args: readonly string[],
    options?: { readonly expect?: number; readonly input?: string; readonly as?: string },
  ): Promise<T>;
  /** Any other program, unseen. */
  quietly(command: string, args: readonly string[]): Promise<Ran>;
}

function start(
  command: string,
  args: readonly string[],
  folder: string,
  variables: NodeJS.ProcessEnv,
  input: string | undefined,
  echo: boolean,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: variables, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (echo) process.stdout.write(indent(String(chunk)));
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (echo) process.stdout.write(indent(String(chunk)));
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.end(input ?? "");
  });
}

/** @param home where the demo's keys and identities lie, apart from the user's own. */
export function openShell(folder: string, home: string): Shell {
  const { NODE_EXTRA_CA_CERTS: _slow, ENVIRONMENT: _other, ...outer } = process.env;
  const variables = (as: string | undefined, colours: boolean) => ({
    ...outer,
    RINGFENCE_HOME: home,
    ...(as ? { RINGFENCE_AS: as } : {}),
    ...(colours && process.stdout.isTTY && !outer.NO_COLOR ? { FORCE_COLOR: "1" } : {}),
  });
  const checked = (ran: Ran, args: readonly string[], expect: number): Ran => {
    if (ran.code === expect) return ran;
    throw new Error(
      `ringfence ${args.join(" ")} ended with ${ran.code} instead of ${expect}\n${ran.stdout}${ran.stderr}`,
    );
  };
  return {
    async show(args, { expect = 0, input, as } = {}) {
      const who = as ? paint("dim", ` # as ${as}`) : "";
      const words = args.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(" ");
      process.stdout.write(`  ${paint("cyan", `$ ringfence ${words}`)}${who}\n`);
      return checked(
        await start(process.execPath, [ENTRY, ...args], folder, variables(as, true), input, true),
        args,
        expect,
      );
    },
    async ask<T>(
      args: readonly string[],
      { expect = 0, input, as }: { expect?: number; input?: string; as?: string } = {},
    ) {
      const all = [...args, "--json"];
      const ran = checked(
        await start(process.execPath, [ENTRY, ...all], folder, variables(as, false), input, false),
        all,
        expect,
      );
      return JSON.parse(ran.stdout) as T;
    },
    async quietly(command, args) {
      const ran = await start(command, args, folder, variables(undefined, false), undefined, false);
      return checked(ran, [command, ...args], 0);
    },
  };
}

/** A chapter of the demo. */
export function chapter(title: string, detail: string): void {
  process.stdout.write(`\n${paint("bold", title)}\n${paint("dim", `  ${detail}`)}\n`);
}

export function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

/** A claim that the demo has just proven. */
export function proven(text: string): void {
  process.stdout.write(`  ${paint("green", "✓")} ${text}\n`);
}
