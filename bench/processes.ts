/**
 * Processor time and wall time of whole processes. The sides take turns start by start, so that whatever the machine
 * does meanwhile happens to all of them alike.
 *
 * Node tells no child's processor time, so bash starts them, and says by `times` what its children used: user and
 * system in milliseconds, also of their children, and also when they replaced themselves by another program. Its own
 * share, one fork for each start, is in every side.
 */
import { spawnSync } from "node:child_process";
import { shellWord, shellWords } from "../src/base/shell-word.ts";
import { median } from "./row.ts";

export interface Side {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Cost {
  /** Milliseconds of processor time for one start. */
  readonly cpuMs: number;
  /** Milliseconds from start to end. */
  readonly wallMs: number;
}

/** One start of a side, and what was used since bash began, by all its children: a line of its own for each. */
function startLines({ command, cwd, variables = {} }: Side): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`);
  const steps = [...(cwd === undefined ? [] : [`cd ${shellWord(cwd)}`]), ...exports];
  return [
    "began=$EPOCHREALTIME",
    `( ${[...steps, `exec ${shellWords(command)}`].join(" && ")} ) >/dev/null || exit 1`,
    'echo "wall $began $EPOCHREALTIME"',
    "times",
  ].join("\n");
}

/** The second line of `times`: user and system time of the children, as `0m0.123s`. */
function childrenMs(line: string): number {
  return line.split(" ").reduce((sum, text) => {
    const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text)!;
    return sum + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  }, 0);
}

function runAll(sides: readonly Side[], starts: number): readonly string[] {
  // Node reads these certificates at every start: tens of milliseconds that belong to neither side.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const text = `for (( i = 0; i < ${starts}; i++ )); do\n${sides.map(startLines).join("\n")}\ndone`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", text], {
    encoding: "utf8",
    env: { ...env, LC_ALL: "C" },
  });
  if (status !== 0) throw new Error(`one of ${sides.map(({ name }) => name).join(", ")} failed: ${stderr}`);
  return stdout.trim().split("\n");
}

/** Medians over `starts` of each side, the sides in turn: A B C A B C. */
export function measure(sides: readonly Side[], starts: number): ReadonlyMap<string, Cost> {
  runAll(sides, 2);
  const lines = runAll(sides, starts);
  const costs = sides.map((): { readonly cpuMs: number[]; readonly wallMs: number[] } => ({
    cpuMs: [],
    wallMs: [],
  }));
  let used = 0;
  for (let at = 0; at < lines.length; at += 3) {
    const [wall, , children] = lines.slice(at, at + 3) as [string, string, string];
    const [began, ended] = wall.split(" ").slice(1).map(Number) as [number, number];
    const cost = costs[(at / 3) % sides.length]!;
    const now = childrenMs(children);
    cost.cpuMs.push(now - used);
    cost.wallMs.push((ended - began) * 1_000);
    used = now;
  }
  return new Map(
    sides.map(({ name }, at) => [
      name,
      { cpuMs: median(costs[at]!.cpuMs), wallMs: median(costs[at]!.wallMs) },
    ]),
  );
}
