/**
 * Processor time and wall time of whole processes, several sides in turn.
 *
 * Node tells no child's processor time, so a POSIX shell runs each side a number of times and says by `times` what
 * its children used (user and system, also of their children, and also when they replaced themselves by another
 * program). The shell's own share, one fork for each start, is in every side.
 */
import { spawnSync } from "node:child_process";
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

const LOOP = `i=0; while [ $i -lt "$0" ]; do "$@" >/dev/null || exit 1; i=$((i+1)); done; times`;

/** The second line of `times`: user and system time of the children, as `0m0.123s`. */
function childrenMs(times: string): number {
  const line = times.trim().split("\n").at(-1)!;
  return line.split(" ").reduce((sum, text) => {
    const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text)!;
    return sum + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  }, 0);
}

function batch(side: Side, starts: number): Cost {
  // Node reads these certificates at every start: tens of milliseconds that belong to neither side.
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync("sh", ["-c", LOOP, String(starts), ...side.command], {
    encoding: "utf8",
    ...(side.cwd !== undefined && { cwd: side.cwd }),
    env: { ...inherited, ...side.variables },
  });
  if (status !== 0) throw new Error(`${side.name} failed: ${stderr}`);
  return { cpuMs: childrenMs(stdout) / starts, wallMs: (performance.now() - began) / starts };
}

/** Medians over `rounds` of batches of `starts`, the sides in turn: A B C A B C. */
export function measure(sides: readonly Side[], { rounds = 9, starts = 20 } = {}): ReadonlyMap<string, Cost> {
  for (const side of sides) batch(side, 2);
  const costs = new Map<string, Cost[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) costs.get(side.name)!.push(batch(side, starts));
  }
  const middle = (of: readonly Cost[]): Cost => ({
    cpuMs: median(of.map(({ cpuMs }) => cpuMs)),
    wallMs: median(of.map(({ wallMs }) => wallMs)),
  });
  return new Map([...costs].map(([name, of]) => [name, middle(of)]));
}
