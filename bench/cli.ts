/**
 * What the command line costs on top of Node itself: `which` and `--help` of the built package, and `run` with a
 * sealed snapshot of 20 settings, 10 of them secret.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHot, createTestProject } from "../src/cli/run/project.fixture.ts";
import { measure } from "./processes.ts";
import { compare, type Row } from "./row.ts";

const BARE = "node -e 0";
/** Measured 1.6 and 2.3 on two busy cores (loading `node:crypto` alone is 1.2); the rest is for slower machines. */
const LIMITS = { which: 1.8, "--help": 3, "run, direct": 1.8, "run, scrubbed": 2.8 };
/** What `npm run build` made. */
const BUILT = fileURLToPath(new URL("../dist/ringfence.cjs", import.meta.url));

export async function rows(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const project = createTestProject();
  try {
    const entry = await bundleHot(folder);
    const names = Array.from({ length: 20 }, (_, i) => `SETTING_${i}`);
    const variables = Object.fromEntries(
      names.map((name, i) => [name, `value-of-setting-${i}-0123456789abcdef`]),
    );
    const settings = { variables, declared: names, secretNames: names.slice(10) };
    project.compile({ ...settings, environment: "staging", runOutput: "scrubbed" });
    project.compile(settings);
    const run = (environment: string) => ({
      command: [process.execPath, entry, "run", "-e", environment, "--", "true"],
      cwd: project.root,
      variables: { RINGFENCE_HOME: project.home, CI: "", ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" },
    });
    const built = (words: readonly string[]) => ({
      command: [process.execPath, BUILT, ...words],
      cwd: project.root,
      variables: { RINGFENCE_HOME: project.home, ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" },
    });
    const costs = measure([
      { name: BARE, command: [process.execPath, "-e", "0"] },
      { name: "which", ...built(["which"]) },
      { name: "--help", ...built(["--help"]) },
      { name: "run, direct", ...run("development") },
      { name: "run, scrubbed", ...run("staging") },
    ]);
    const bare = costs.get(BARE)!;
    return (["which", "--help", "run, direct", "run, scrubbed"] as const).flatMap((name) => {
      const cost = costs.get(name)!;
      return [
        compare(`${name}: processor time`, "ms", cost.cpuMs, {
          name: BARE,
          value: bare.cpuMs,
          limit: LIMITS[name],
        }),
        compare(`${name}: wall time`, "ms", cost.wallMs, { name: BARE, value: bare.wallMs }),
      ];
    });
  } finally {
    project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
