/** A project with a hand-made snapshot, and the bundled hot entry with a stand-in for the slow path. For tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { digestOfBytes } from "../../base/digest.ts";
import { RINGFENCE_VERSION } from "../../base/version.generated.ts";
import { keyMaterial } from "../../snapshot/home.ts";
import { describeInput } from "../../snapshot/inputs.ts";
import { writeIndex } from "../../snapshot/project-index.ts";
import { type Snapshot, writeSnapshot } from "../../snapshot/snapshot.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

/** What stands in for the slow path: prints the words it was called with, and keeps its code for some. */
const SLOW_PATH = `(function (module) {
  module.exports.main = async (argv, keepCode) => {
    console.log("slow", JSON.stringify(argv));
    if (argv[0] === "env") keepCode();
    return 7;
  };
})
`;

/** Bundles the hot entries into a folder, as the build does, beside a stand-in for the slow path. */
export async function bundleHot(folder: string): Promise<string> {
  await build({
    entryPoints: ["main", "attended"].map((name) => join(HERE, "..", `${name}.ts`)),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    // As scripts/build.ts does.
    external: ["./cli.cjs", "./attended.cjs"],
    banner: { js: "(function (module, require) {" },
    footer: { js: "})" },
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    logLevel: "error",
  });
  await build({
    entryPoints: [join(HERE, "..", "ringfence.cjs")],
    outfile: join(folder, "ringfence.cjs"),
    logLevel: "error",
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "cli.cjs"), SLOW_PATH);
  return join(folder, "ringfence.cjs");
}

export interface TestProject {
  readonly folder: string;
  readonly root: string;
  readonly home: string;
  snapshot(changes?: Partial<Snapshot>): Snapshot;
  /** Seals and writes a snapshot of the files as they are, and the index. */
  compile(changes?: Partial<Snapshot>): Snapshot;
  remove(): void;
}

/** Development (direct), staging (scrubbed) and production (scrubbed, recorded). */
export function createTestProject(): TestProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-run-")));
  const root = join(folder, "project");
  const home = join(folder, "home");
  mkdirSync(root);
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(root, "ringfence.yaml"), "project: shop\n");
  writeFileSync(join(root, ".env"), "GREETING=hello\n");
  const environments = [
    { name: "development", kind: "development", production: false, hosts: ["dev-*.shop.test"] },
    { name: "staging", kind: "staging", production: false, hosts: ["staging-*.shop.test"] },
    { name: "production", kind: "production", production: true, hosts: ["prod-*.shop.test"] },
  ];
  const detection = { variable: "ENVIRONMENT", fallback: "development", environments };
  const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
    format: 4,
    project: "shop",
    environment: "development",
    kind: "development",
    production: false,
    runOutput: "direct",
    recordRequired: false,
    detection,
    inputs: ["ringfence.yaml", ".env", ".env.local"].map((path) => describeInput(root, path)),
    programs: false,
    variables: { GREETING: "hello", API_TOKEN: "t0ken-of-development" },
    removed: [],
    shapes: { GREETING: "string", API_TOKEN: "secret string", OPTIONAL: "integer?" },
    failures: { errors: "detailed", escalation: [] },
    conditions: { folders: [], logLevel: "DEBUG", logFormat: "text" },
    secretNames: ["API_TOKEN"],
    declared: ["GREETING", "API_TOKEN", "OPTIONAL", "ENVIRONMENT"],
    secretsRevision: 3,
    revision: digestOfBytes("revision"),
    program: RINGFENCE_VERSION,
    createdAt: new Date().toISOString(),
    expiresAtMs: null,
    ...changes,
  });
  return {
    folder,
    root,
    home,
    snapshot,
    compile(changes) {
      const made = snapshot(changes);
      writeSnapshot(root, made, keyMaterial(home, made.project, made.environment)!);
      const manifest = describeInput(root, "ringfence.yaml");
      writeIndex(root, { format: 1, project: made.project, manifest, rule: made.detection });
      return made;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
