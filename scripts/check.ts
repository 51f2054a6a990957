/** Runs every check of the project in order, all of them even after a failure, and shows what failed. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { execPath: node } = process;

const checks: readonly (readonly [name: string, script: string, ...args: string[]])[] = [
  ["types", "node_modules/typescript/bin/tsc", "-p", "."],
  ["lint and format", "node_modules/@biomejs/biome/bin/biome", "ci", "."],
  ["generated files", "scripts/generate.ts", "--check"],
  ["build", "scripts/build.ts"],
  ["tests", "node_modules/vitest/vitest.mjs", "run"],
];

let failed = 0;
for (const [name, script, ...args] of checks) {
  const start = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(node, [join(root, script), ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const verdict = status === 0 ? "ok" : signal ? `killed by ${signal}` : "FAILED";
  process.stdout.write(`${name.padEnd(16)} ${verdict.padEnd(7)} ${seconds.padStart(6)} s\n`);
  if (status === 0) continue;
  failed++;
  process.stdout.write(`\n${stdout}${stderr}\n`);
}
if (failed > 0) {
  process.stdout.write(`${failed} of ${checks.length} checks failed\n`);
  process.exitCode = 1;
}
