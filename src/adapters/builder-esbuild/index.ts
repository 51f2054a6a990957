/** Builds services: an `entry` is bundled by esbuild, a `command` is the project's own build. */
import { resolve } from "node:path";
import type { Builder } from "../../ports/builder.ts";
import { type BundleOptions, bundle } from "./bundle.ts";
import { runBuild } from "./command.ts";
import { linkPackages, packageFolders } from "./dependencies.ts";

export type { BundleOptions } from "./bundle.ts";
export { buildErrors } from "./errors.ts";

/**
 * A builder for one project. The project's installed `node_modules` is linked into each checkout.
 * Beyond the port's BUILD_FAILED: BUILD_TOOL_MISSING, BUILD_ENTRY_MISSING, BUILD_OUTSIDE.
 */
export function openBuilder(options: BundleOptions): Builder {
  const project = resolve(options.project);
  const prepare = (checkout: string) => linkPackages(packageFolders(project), checkout);
  return {
    async prepare(checkout) {
      prepare(checkout);
    },

    async build(service, build, checkout, scratch) {
      prepare(checkout);
      return build.kind === "entry"
        ? bundle(service, build.entry, checkout, scratch, { ...options, project })
        : runBuild(service, build, checkout, scratch);
    },
  };
}
