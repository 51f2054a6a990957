/** Where git looks for hooks: in its own folder, or where `core.hooksPath` says. Reads only. */
import { resolve } from "node:path";
import { isInside } from "../../base/folder.ts";
import type { CommitHooks } from "../../ports/commit-hooks.ts";
import { sourceErrors } from "./errors.ts";
import { run } from "./git-process.ts";
import { locateHooks } from "./text-commands.ts";

/** @param root absolute folder of the project */
export function openGitHooks(root: string): CommitHooks {
  return {
    async place() {
      const { ok, output, words } = await run(locateHooks(), { folder: root });
      if (!ok) {
        throw sourceErrors.SOURCE_NO_REPOSITORY({
          what: "the project is not in a git work tree",
          where: root,
          why: `a hook runs before a commit; git says: ${words}`,
          fix: `cd ${root} && git init`,
        });
      }
      const [top = "", prefix = "", common = "", hooks = ""] = output.toString().split("\n");
      const folder = resolve(root, hooks);
      const own = [top, resolve(root, common)].some((place) => isInside(place, folder));
      return { folder, top, project: prefix.replace(/\/$/, ""), own };
    },
  };
}
