/**
 * Scrubbed output through the built `ringfence run` against the same child through a plain pipe of Node's
 * (`process.stdin.pipe(process.stdout)`), in turn, both between real pipes and to /dev/null.
 *
 * Wall time of whole processes; what starting them costs is measured the same way and taken off. What the scrubber
 * itself needs to begin, once there is output, is part of the time. The promise is that
 * scrubbing log text for 200 secrets takes at most twice the plain pipe's time; other numbers of secrets and other
 * texts are shown beside it.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createTestProject, type TestProject } from "../src/cli/run/project.fixture.ts";
import { compare, median, type Row } from "./row.ts";
import { SHAPES, secretsOf, textOf } from "./scrub-texts.ts";

const BUILT = fileURLToPath(new URL("../dist/ringfence.cjs", import.meta.url));
const MOST_MB = 512;
const OLD_MS = 200;
const ROUNDS = 3;
/** Half of the plain pipe's speed. */
const LIMIT = 2;

/** Writes one megabyte of a file as often as is said, as fast as it can. */
const CHILD = `
import { readFileSync, writeSync } from "node:fs";
const data = readFileSync(process.argv[2]);
for (let i = 0; i < Number(process.argv[3]); i++)
  for (let rest = data; rest.length > 0; ) rest = rest.subarray(writeSync(1, rest));
`;
const PLAIN = `"$0" "$1" "$2" "$3" | "$0" -e "process.stdin.pipe(process.stdout)"`;

function elapsed(
  command: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>>,
): number {
  const nowhere = openSync("/dev/null", "w");
  try {
    const began = performance.now();
    const { status, stderr } = spawnSync(command[0]!, command.slice(1), {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", nowhere, "pipe"],
      env: { ...process.env, ...variables },
    });
    if (status !== 0) throw new Error(`${command.join(" ")} failed: ${stderr}`);
    return performance.now() - began;
  } finally {
    closeSync(nowhere);
  }
}

interface Speeds {
  /** Megabytes a second. */
  readonly plain: number;
  readonly scrubbed: number;
}

function measureSpeeds(project: TestProject, child: string, text: string): Speeds {
  const variables = { RINGFENCE_HOME: project.home, ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" };
  const words = (megabytes: number) => [process.execPath, child, text, String(megabytes)];
  const sides = {
    plain: (megabytes: number) => ["sh", "-c", PLAIN, ...words(megabytes)],
    scrubbed: (megabytes: number) => [
      ...[process.execPath, BUILT, "run", "-e", "staging", "--"],
      ...words(megabytes),
    ],
  };
  const took = { plain: [] as number[], scrubbed: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ["plain", "scrubbed"] as const) {
      const start = elapsed(sides[side](0), project.root, variables);
      took[side].push(elapsed(sides[side](MOST_MB), project.root, variables) - start);
    }
  }
  const speed = (times: readonly number[]) => (MOST_MB * 1000) / median(times);
  return { plain: speed(took.plain), scrubbed: speed(took.scrubbed) };
}

function rowOf(shape: string, count: number, { plain, scrubbed }: Speeds): Row {
  const limit = shape === "log" && count === 200 ? { limit: LIMIT } : {};
  const metric = `${MOST_MB} MB of ${shape} text scrubbed of ${count} secrets (${scrubbed.toFixed(0)} MB/s)`;
  const name = `plain pipe (${plain.toFixed(0)} MB/s)`;
  return compare(metric, "ns/byte", 1_000 / scrubbed, { name, value: 1_000 / plain, ...limit });
}

export async function rows(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const child = join(folder, "child.mjs");
  writeFileSync(child, CHILD);
  for (const shape of SHAPES) writeFileSync(join(folder, shape), textOf(shape));
  const plans = [
    ...[1, 20, 200, 1000].map((count) => ({ shape: SHAPES[0], count })),
    ...SHAPES.slice(1).map((shape) => ({ shape, count: 200 })),
  ];
  const found: Row[] = [];
  try {
    for (const { shape, count } of plans) {
      const project = createTestProject();
      try {
        // Files as old as a project's usually are: younger ones are compared by their digests.
        await wait(OLD_MS);
        const secrets = secretsOf(count);
        project.compile({
          environment: "staging",
          kind: "staging",
          runOutput: "scrubbed",
          variables: secrets,
          secretNames: Object.keys(secrets),
          shapes: {},
          declared: Object.keys(secrets),
        });
        found.push(rowOf(shape, count, measureSpeeds(project, child, join(folder, shape))));
      } finally {
        project.remove();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}
