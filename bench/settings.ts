/**
 * What `ringfence/settings` adds to a bare start of Node: whole processes that import the bundled library and load
 * 100 settings, 20 of them secret, from the variables of a run and from the sealed snapshot.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createTestProject } from "../src/cli/run/project.fixture.ts";
import { childVariables } from "../src/cli/run/variables.ts";
import { measure } from "./processes.ts";
import { addition, type Row } from "./row.ts";

const BARE = "node empty.mjs";
const RUN = "from a run's variables";
/** Of a run. Opening the snapshot itself costs what `node:crypto` costs, and more; it is measured beside it. */
const LIMIT_MS = 5;
const OLD_MS = 200;
/** What `npm run build` made. */
const BUILT = fileURLToPath(new URL("../dist/settings.js", import.meta.url));

const APP = `
import { loadSettings } from ${JSON.stringify(BUILT)};
const settings = loadSettings();
if (Object.keys(settings).length !== 100 || settings.SETTING_0.open() !== "value-of-setting-0-0123456789abcdef")
  throw new Error("other settings");
`;

export async function rows(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const project = createTestProject();
  try {
    const files = { "empty.mjs": "", "app.mjs": APP, "crypto.mjs": 'import "node:crypto";' };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    // Files as old as a project's usually are: younger ones are compared by their digests.
    await wait(OLD_MS);
    const names = Array.from({ length: 100 }, (_, i) => `SETTING_${i}`);
    const secretNames = names.slice(0, 20);
    const snapshot = project.compile({
      variables: Object.fromEntries(names.map((name, i) => [name, `value-of-setting-${i}-0123456789abcdef`])),
      declared: names,
      shapes: Object.fromEntries(names.map((name, i) => [name, i < 20 ? "secret string" : "string"])),
      secretNames,
    });
    const bare = { RINGFENCE_HOME: project.home, ENVIRONMENT: "", RINGFENCE_ENVIRONMENT: "" };
    const side = (name: string, file: string, variables: Readonly<Record<string, string>>) => ({
      name,
      command: [process.execPath, join(folder, file)],
      cwd: project.root,
      variables: { ...bare, ...variables },
    });
    const sides = [
      side(RUN, "app.mjs", childVariables(snapshot, {})),
      side("from the sealed snapshot", "app.mjs", {}),
      side("node:crypto alone", "crypto.mjs", {}),
    ];
    const costs = measure([side(BARE, "empty.mjs", {}), ...sides], 151);
    const none = costs.get(BARE)!;
    return sides.flatMap(({ name }) => {
      const cost = costs.get(name)!;
      const limit = name === RUN ? LIMIT_MS : undefined;
      return [
        addition(`${name}: processor time`, "ms", cost.cpuMs, { name: BARE, value: none.cpuMs, limit }),
        addition(`${name}: wall time`, "ms", cost.wallMs, { name: BARE, value: none.wallMs, limit }),
      ];
    });
  } finally {
    project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
