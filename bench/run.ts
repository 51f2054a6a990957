/**
 * What `ringfence run` costs on top of Node itself, by the built package: from fresh compiled settings that come from
 * an encrypted secrets file, all of them secret; replacing itself by the command, and scrubbing its output. Beside it
 * what other tools take for the same.
 */
import { spawnSync } from "node:child_process";
import { BUILT, createEncryptedProject, type EncryptedProject } from "./encrypted-project.ts";
import { installOtherTools } from "./other-tools.ts";
import { measure, type Side } from "./processes.ts";
import { atMost, compare, type Row } from "./row.ts";

const BARE: Side = { name: "node -e 0", command: [process.execPath, "-e", "0"] };
const COMMAND = ["/bin/true"];
/** Processor time of a run that replaces itself, by the number of its keys. */
const LIMITS: Readonly<Record<number, number>> = { 20: 1.4, 100: 1.5 };
const COUNTS = Object.keys(LIMITS).map(Number);
/** A program's memory differs by some pages from start to start. */
const RESIDENT_KIB = 256;

function ringfence(environment: string, command: readonly string[]): readonly string[] {
  return [process.execPath, BUILT, "run", "-e", environment, "--", ...command];
}

function sidesOf({ root: cwd, variables }: EncryptedProject, count: number): readonly Side[] {
  const side = (output: string, environment: string): Side => ({
    name: `run, ${count} keys, ${output}`,
    command: ringfence(environment, COMMAND),
    cwd,
    variables,
  });
  return [side("direct", "development"), side("scrubbed", "staging")];
}

interface Resident {
  readonly pid: number;
  readonly threads: number;
  readonly kib: number;
}

/** What a process that prints its own status is, and what was started. */
function residentOf(command: readonly string[], { root, variables }: EncryptedProject): Resident {
  const { stdout, pid } = spawnSync(command[0]!, command.slice(1), {
    cwd: root,
    env: { ...process.env, ...variables },
    encoding: "utf8",
  });
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(stdout)?.[1]);
  if (field("Pid") !== pid) throw new Error(`${command.join(" ")} is process ${field("Pid")}, not ${pid}`);
  return { pid, threads: field("Threads"), kib: field("VmRSS") };
}

/** Nothing of Node stays behind: the process that was started is the command, as large as when it is started alone. */
function residentRow(project: EncryptedProject): Row {
  const status = ["/bin/cat", "/proc/self/status"];
  const alone = residentOf(status, project);
  const run = residentOf(ringfence("development", status), project);
  if (run.threads !== 1) throw new Error(`${run.threads} threads after execve`);
  return atMost(
    "memory beside the command's own after execve",
    "KiB",
    Math.max(0, run.kib - alone.kib),
    RESIDENT_KIB,
  );
}

function compareWithBare(sides: readonly Side[], starts: number): readonly Row[] {
  if (sides.length === 0) return [];
  const costs = measure([BARE, ...sides], starts);
  const bare = costs.get(BARE.name)!;
  const limits = new Map(COUNTS.map((count) => [`run, ${count} keys, direct`, LIMITS[count]!]));
  return sides.flatMap(({ name }) => {
    const limit = limits.get(name);
    const against = { name: BARE.name, value: bare.cpuMs, ...(limit !== undefined && { limit }) };
    return [
      compare(`${name}: processor time`, "ms", costs.get(name)!.cpuMs, against),
      compare(`${name}: wall time`, "ms", costs.get(name)!.wallMs, { name: BARE.name, value: bare.wallMs }),
    ];
  });
}

export async function rows(): Promise<readonly Row[]> {
  const projects: { readonly count: number; readonly project: EncryptedProject }[] = [];
  for (const count of COUNTS) projects.push({ count, project: await createEncryptedProject(count) });
  const others = installOtherTools(COUNTS, COMMAND);
  try {
    if (others.missing !== undefined) console.error(`without other tools: ${others.missing}`);
    const ours = projects.flatMap(({ count, project }) => sidesOf(project, count));
    // The others take long and have no limit to be held against: fewer starts do.
    const compared = [...compareWithBare(ours, 151), ...compareWithBare(others.sides, 9)];
    return process.platform === "linux" ? [...compared, residentRow(projects[0]!.project)] : compared;
  } finally {
    for (const { project } of projects) project.remove();
    others.remove();
  }
}
