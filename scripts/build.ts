/**
 * Builds the package into `dist/`: CommonJS bundles for the command line, ESM for the rest, the manifest's JSON Schema
 * and the licences of what is bundled; with `--types` the declarations too.
 *
 * The package has no run-time dependencies: everything is bundled except esbuild and the clients of
 * AWS, which stay the user's own.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin, transformSync } from "esbuild";
import { licenceText } from "./licences.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const EXTERNAL = ["esbuild", "@aws-sdk/client-kms", "@aws-sdk/client-sts"];

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  external: EXTERNAL,
  metafile: true,
  // Paths in comments and in the metafile stay inside the project, wherever node_modules is linked from.
  preserveSymlinks: true,
  // Its Node build is CommonJS, which would need `require` inside ESM; the other is the same source as ESM.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  legalComments: "none",
  logLevel: "warning",
};

/**
 * What `ringfence.cjs` starts: functions that it calls with what they need of CommonJS, in one file each, since the code
 * that V8 made of a file can be kept beside it. Names are kept: a bug prints its stack.
 */
const bundles: BuildOptions = {
  ...shared,
  format: "cjs",
  footer: { js: "})" },
  minifySyntax: true,
  minifyWhitespace: true,
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
};

/**
 * What every command waits for, `main.cjs`, and what a run waits for that does not replace this process,
 * `attended.cjs`: without a package in them. What lies beside them is loaded by its path, when needed.
 */
const hotEntries: BuildOptions = {
  ...bundles,
  entryPoints: { main: "src/cli/main.ts", attended: "src/cli/attended.ts" },
  external: ["./cli.cjs", "./attended.cjs"],
  banner: { js: "(function (module, require) {" },
};

/**
 * The rest of the command line; each command in it is evaluated when it is called. V8 gives kept code no `import()`
 * without a flag: the user's own packages are required.
 */
const commandLine: BuildOptions = {
  ...bundles,
  entryPoints: { cli: "src/cli/dispatch.ts" },
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "bundleUrl" },
  // The third argument is the bundle's own path; a name for it could be one of the bundle's.
  banner: {
    js: '(function (module, require) {const bundleUrl = require("node:url").pathToFileURL(arguments[2]).href;',
  },
};

/**
 * The library; every command is a chunk that loads when it is called. Chunks lie beside the entries, so that code finds
 * files of `dist/` by `import.meta.url` whichever chunk it lands in.
 */
const library: BuildOptions = {
  ...shared,
  entryPoints: { index: "src/index.ts" },
  outdir: "dist",
  splitting: true,
  chunkNames: "[name]-[hash]",
};

/** What runs in a process of its own, some of it longer than the command or the package: each in one file. */
const processes: BuildOptions = {
  ...shared,
  entryPoints: {
    supervisor: "src/adapters/target-process/supervisor.ts",
    router: "src/adapters/target-process/router.ts",
    "command-entry": "src/adapters/program-process/command-entry.ts",
    "module-entry": "src/adapters/program-process/module-entry.ts",
  },
  outdir: "dist",
};

/**
 * An ES module that imports `node:fs` makes Node load all that it could ever export, streams and more: milliseconds of
 * a start. Asked for by a call, it is only handed over.
 */
const builtinsByCall: Plugin = {
  name: "builtins-by-call",
  setup(bundling) {
    bundling.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, external: true } : { path, namespace: "builtin" },
    );
    bundling.onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({ contents: builtinModule(path) }));
  },
};

/**
 * Functions that ask for the builtin when they are called. What is behind a getter, and a class, is left out: naming
 * it would load it.
 */
function builtinModule(path: string): string {
  const properties = Object.getOwnPropertyDescriptors(process.getBuiltinModule(path));
  const isFunction = (name: string) => typeof properties[name]!.value === "function" && /^[a-z]/.test(name);
  const call = `process.getBuiltinModule(${JSON.stringify(path)})`;
  return Object.keys(properties)
    .filter((name) => name !== "default" && isFunction(name))
    .map((name) => `export function ${name}(...given) { return ${call}.${name}(...given); }`)
    .join("\n");
}

/** What applications import; they may run on an older Node than we do. */
const settings: BuildOptions = {
  ...shared,
  entryPoints: { settings: "src/settings/index.ts" },
  outdir: "dist",
  target: "node22",
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [builtinsByCall],
};

async function bundle(options: BuildOptions): Promise<Metafile> {
  const { metafile, warnings } = await build({ ...options, metafile: true });
  if (warnings.length > 0) throw new Error(`esbuild warned of ${warnings.length} thing(s), see above`);
  for (const [file, { imports }] of Object.entries(metafile.outputs)) {
    for (const { path, kind, external } of imports) {
      if (!external) continue;
      if (!isBuiltin(path) && !options.external?.includes(path))
        throw new Error(`${file} leaves ${path} out of the bundle`);
      if (kind === "require-call" && options.format === "esm")
        throw new Error(`${file} calls require("${path}")`);
    }
  }
  return metafile;
}

function packagePaths(metafiles: readonly Metafile[]): string[] {
  return metafiles
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
}

async function writeSchema(): Promise<void> {
  const manifest = await import(pathToFileURL(join(root, "src/model/manifest.ts")).href);
  writeFileSync(
    join(dist, "ringfence.schema.json"),
    `${JSON.stringify(manifest.manifestJsonSchema(), null, 2)}\n`,
  );
}

/**
 * Writes a bundle in ASCII, as `ringfence.cjs` reads it. esbuild escapes other signs everywhere but in patterns. There a
 * backslash may stand before one, which would escape ours.
 */
function inAscii(file: string): string {
  const text = readFileSync(file, "utf8").replace(
    /(\\*)([\u0080-\uffff])/g,
    (_, slashes: string, sign: string) =>
      `${slashes.slice(slashes.length % 2)}\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  writeFileSync(file, text);
  return text;
}

/**
 * Writes the first file, without what only people read: Node compiles it at each start. It is told which bundles it
 * belongs to: code that V8 made of others may not be used.
 */
function writeFirstFile(): void {
  const text = readFileSync(join(root, "src/cli/ringfence.cjs"), "utf8");
  const digest = createHash("sha256");
  for (const name of ["main.cjs", "attended.cjs", "cli.cjs"]) digest.update(inAscii(join(dist, name)));
  const told = text.replace('digest = "none"', `digest = "${digest.digest("hex").slice(0, 16)}"`);
  if (told === text) throw new Error("src/cli/ringfence.cjs has no place for the digest of the bundles");
  const { code } = transformSync(told, { minifySyntax: true, minifyWhitespace: true, target: "es5" });
  writeFileSync(join(dist, "ringfence.cjs"), code, { mode: 0o755 });
}

function writeDeclarations(): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const [hot, ...others] = await Promise.all(
  [hotEntries, commandLine, library, processes, settings].map(bundle),
);
const heavy = packagePaths([hot!]);
if (heavy.length > 0) throw new Error(`a hot entry bundles ${heavy[0]}; the hot path loads no package`);
writeFirstFile();
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licenceText(root, packagePaths(others)));
await writeSchema();
if (process.argv.includes("--types")) writeDeclarations();
