/** Bundles one entry file with esbuild into one self-contained module. Loads esbuild only when it is needed. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, BuildResult, Message } from "esbuild";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";
import type { BuildOutput } from "../../ports/builder.ts";
import { hasPackage, packageFolders, packageOf } from "./dependencies.ts";
import { buildErrors } from "./errors.ts";
import { type Origin, portableName, renameInCode, renameInMap } from "./portable-paths.ts";

type Esbuild = typeof import("esbuild");
type Bundled = BuildResult<{ write: false; metafile: true }>;

export interface BundleOptions {
  /** Absolute folder of the project in the work tree: where packages are installed. */
  readonly project: string;
  /** Absolute path of the module that stands for `ringfence/settings` where the project has not installed it. */
  readonly settingsModule: string;
}

/** Gives CommonJS packages inside an ES module the `require` that they call for Node's own modules. */
const REQUIRE_BANNER = [
  'import { createRequire as __ringfenceCreateRequire } from "node:module";',
  "const require = __ringfenceCreateRequire(import.meta.url);",
].join("\n");
const NEEDS_REQUIRE = /^var __require = /m;

function toolMissing(projectRoot: string, what: string, why: string): Error {
  return buildErrors.BUILD_TOOL_MISSING({
    what,
    where: projectRoot,
    why,
    fix: "npm install --save-dev esbuild",
  });
}

function isNotFound(error: unknown): boolean {
  return ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(systemCode(error) ?? "");
}

/** The project's own esbuild before the one that stands beside Ringfence. */
async function loadEsbuild(projectRoot: string): Promise<Esbuild> {
  const own = createRequire(join(projectRoot, "package.json"));
  try {
    return (await import(pathToFileURL(own.resolve("esbuild")).href)) as Esbuild;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  try {
    return await import("esbuild");
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw toolMissing(projectRoot, "esbuild is not installed", "services with an `entry` are bundled by it");
  }
}

function findEntry(service: string, entry: string, checkout: string): string {
  const file = resolve(checkout, entry);
  const inside = isInside(checkout, file);
  if (inside && statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw buildErrors.BUILD_ENTRY_MISSING({
    what: `${entry} of service ${service} is not in the commit`,
    where: `ringfence.yaml services.${service}.entry`,
    why: inside ? "a build sees only files that are committed" : "the entry lies outside of the project",
    fix: inside
      ? `git add ${entry} && git commit --message "Add ${entry}"`
      : "name a file inside the project",
  });
}

function buildOptions(
  service: string,
  entry: string,
  checkout: string,
  options: BundleOptions,
): BuildOptions {
  const folders = packageFolders(options.project);
  return {
    absWorkingDir: checkout,
    entryPoints: [entry],
    // Never written there: the folder only makes every name in the output relative to the checkout.
    outfile: join(checkout, `${service}.mjs`),
    write: false,
    metafile: true,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    charset: "utf8",
    logLevel: "silent",
    sourcemap: "linked",
    sourcesContent: false,
    nodePaths: folders,
    // Without a configuration of its own the project must not get one from a folder above the checkout.
    ...(existsSync(join(checkout, "tsconfig.json")) ? {} : { tsconfigRaw: "{}" }),
    ...(hasPackage(folders, "ringfence") ? {} : { alias: { "ringfence/settings": options.settingsModule } }),
  };
}

function placeOf({ location }: Message): string | undefined {
  return location ? `${location.file}:${location.line}:${location.column + 1}` : undefined;
}

function bundleFailed(service: string, messages: readonly Message[]): Error {
  const native = messages.some((message) => message.text.includes('".node" files'));
  const lines = messages
    .slice(0, 10)
    .map((message) => [placeOf(message), message.text].filter(Boolean).join(" "));
  const more = messages.length > lines.length ? [`and ${messages.length - lines.length} more`] : [];
  const unresolved = messages.map((message) => /^Could not resolve "([^"./][^"]*)"/.exec(message.text)?.[1]);
  const absent = unresolved.find((name) => name !== undefined);
  return buildErrors.BUILD_FAILED({
    what: `service ${service} could not be bundled`,
    where: messages.map(placeOf).find((place) => place !== undefined) ?? `ringfence.yaml services.${service}`,
    why: [...lines, ...more].join("\n"),
    fix: native
      ? `a native addon can't be bundled: give services.${service} a \`build\` of its own`
      : absent
        ? `npm install ${absent.split("/", absent.startsWith("@") ? 2 : 1).join("/")}`
        : "mend the file, commit, and create the release again",
    details: messages.map((message) => ({ place: placeOf(message) ?? null, text: message.text })),
  });
}

async function runEsbuild(service: string, projectRoot: string, options: BuildOptions): Promise<Bundled> {
  const esbuild = await loadEsbuild(projectRoot);
  try {
    const build = (more: BuildOptions) => esbuild.build({ ...options, ...more }) as Promise<Bundled>;
    const plain = await build({});
    const needsRequire = plain.outputFiles.some(
      ({ path, text }) => path.endsWith(".mjs") && NEEDS_REQUIRE.test(text),
    );
    return needsRequire ? await build({ banner: { js: REQUIRE_BANNER } }) : plain;
  } catch (error) {
    if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) {
      throw bundleFailed(service, error.errors as Message[]);
    }
    // esbuild's own program is missing or is not for this machine.
    throw toolMissing(projectRoot, "esbuild does not run here", error instanceof Error ? error.message : "");
  }
}

function portableNames(service: string, result: Bundled, checkout: string, origins: readonly Origin[]) {
  const names = new Map<string, string>();
  for (const input of Object.keys(result.metafile.inputs)) {
    const name = portableName(input, checkout, origins);
    if (name === undefined) {
      const file = resolve(checkout, input);
      const importers = Object.entries(result.metafile.inputs).filter(([, { imports }]) =>
        imports.some(({ path }) => path === input),
      );
      throw buildErrors.BUILD_OUTSIDE({
        what: `service ${service} would take in ${file}`,
        where: importers[0]?.[0] ?? `ringfence.yaml services.${service}.entry`,
        why: "it is neither in the commit nor in an installed package, so the release could not be made again",
        fix: "commit the file inside the project, or install it as a packed package: npm install $(npm pack <folder>)",
      });
    }
    names.set(input, name);
  }
  return names;
}

/**
 * Bundles `entry` into `<service>.mjs` and its source map. The same commit and the same installed packages give
 * the same bytes, wherever the checkout lies.
 *
 * @throws BUILD_TOOL_MISSING, BUILD_ENTRY_MISSING, BUILD_OUTSIDE, BUILD_FAILED
 */
export async function bundle(
  service: string,
  entry: string,
  checkoutPath: string,
  scratch: string,
  options: BundleOptions,
): Promise<BuildOutput> {
  const checkout = realpathSync(checkoutPath);
  const file = findEntry(service, entry, checkout);
  const result = await runEsbuild(service, options.project, buildOptions(service, file, checkout, options));
  const origins = [{ folder: realpathSync(packageOf(options.settingsModule)), name: "ringfence" }];
  const names = portableNames(service, result, checkout, origins);
  for (const { path, text, contents } of result.outputFiles) {
    const place = join(scratch, relative(checkout, path));
    const isMap = path.endsWith(".map");
    const isCode = path.endsWith(".mjs");
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, isMap ? renameInMap(text, names) : isCode ? renameInCode(text, names) : contents);
  }
  return { folder: scratch, start: ["node", "--enable-source-maps", `${service}.mjs`] };
}
