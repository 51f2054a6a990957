/**
 * The project's source in git. The project may be a subfolder of the repository: only its files count, and paths
 * are relative to it. Reads the repository and never writes to it, its index or its work tree.
 */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isRingfenceError } from "../../base/error.ts";
import { nearest } from "../../base/nearest.ts";
import type { Source, SourceVersion } from "../../ports/source.ts";
import * as commands from "./commands.ts";
import { sourceErrors } from "./errors.ts";
import { failed, run } from "./git-process.ts";

export { sourceErrors } from "./errors.ts";
export { openGitHooks } from "./hooks.ts";
export { openGitTexts } from "./texts.ts";

interface Location {
  /** Path of the project below the work tree's root, with a final `/`; empty when it is the root. */
  readonly prefix: string;
  readonly gitFolder: string;
}

async function locate(root: string): Promise<Location> {
  const { ok, output, words } = await run(commands.locate(), { folder: root });
  if (!ok && words.includes("dubious ownership")) throw failed("git refuses the repository", root, words);
  if (!ok) {
    throw sourceErrors.SOURCE_NO_REPOSITORY({
      what: "the project is not in a git work tree",
      where: root,
      why: `a release is made from a commit; git says: ${words}`,
      fix: `cd ${root} && git init && git add --all && git commit --message "First commit"`,
    });
  }
  const [, prefix = "", gitFolder = ""] = output.toString().split("\n");
  return { prefix, gitFolder };
}

async function resolveCommit(root: string, revision: string): Promise<string> {
  await locate(root);
  const { ok, output, words } = await run(commands.resolveCommit(revision), { folder: root });
  if (ok) return output.toString().trim();
  if (revision === "HEAD") {
    throw sourceErrors.SOURCE_NO_COMMIT({
      what: "the repository has no commit yet",
      where: root,
      why: "a release is made from a commit",
      fix: `cd ${root} && git add --all && git commit --message "First commit"`,
    });
  }
  const names = (await run(commands.listNames(), { folder: root })).output.toString().split("\n");
  const meant = nearest(revision, names.filter(Boolean));
  throw sourceErrors.SOURCE_UNKNOWN_REVISION({
    what: `${JSON.stringify(revision)} is no commit of this repository`,
    where: root,
    why: words,
    fix: meant ? `use ${meant}` : "git log --oneline -10   # in a shallow clone: git fetch --unshallow",
  });
}

/** Paths below the prefix at the commit, as latin1 so that any bytes pass. */
async function pathsAt(root: string, commit: string, prefix: string): Promise<string[]> {
  const { ok, output, words } = await run(commands.listTree(commit, prefix), { folder: root });
  if (!ok) throw failed(`the files of ${commit} could not be listed`, root, words);
  const entries = commands.parseTree(output.toString("latin1"));
  const submodule = entries.find((entry) => entry.submodule);
  if (submodule) {
    const path = Buffer.from(submodule.path, "latin1").toString().slice(prefix.length);
    throw sourceErrors.SOURCE_SUBMODULE({
      what: `${path} is a git submodule`,
      where: path,
      why: "a commit holds only the id of a submodule's commit, not its files, so the release would lack them",
      fix: `cd ${root} && git rm --cached ${path} && rm -r ${path}/.git && git add ${path} && git commit --message "Take over ${path}"`,
    });
  }
  if (entries.length === 0) {
    throw sourceErrors.SOURCE_NO_COMMIT({
      what: `commit ${commit.slice(0, 12)} holds no file of this project`,
      where: root,
      why: prefix === "" ? "the commit is empty" : `the commit has nothing below ${prefix}`,
      fix: `cd ${root} && git add --all . && git commit --message "Add the project"`,
    });
  }
  return entries.map((entry) => entry.path);
}

async function writeFiles(root: string, location: Location, commit: string, workTree: string): Promise<void> {
  const paths = await pathsAt(root, commit, location.prefix);
  const scratch = await mkdtemp(join(tmpdir(), "ringfence-index-"));
  try {
    const at = { folder: workTree, indexFile: join(scratch, "index") };
    const read = await run(commands.readTree(location.gitFolder, workTree, commit), at);
    if (!read.ok) throw failed(`commit ${commit} could not be read`, root, read.words);
    const input = paths.map((path) => `${path}\0`).join("");
    const written = await run(commands.writeFiles(location.gitFolder, workTree), { ...at, input });
    if (!written.ok) throw failed(`commit ${commit} could not be checked out`, root, written.words);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function versionsOf(root: string, path: string): Promise<SourceVersion[]> {
  const { ok, output } = await run(commands.commitsOf(path), { folder: root });
  const commits = ok ? output.toString().split("\n").filter(Boolean) : [];
  const versions: SourceVersion[] = [];
  for (const commit of commits) {
    const file = await run(commands.fileAt(commit, path), { folder: root });
    // A commit that removed the file has none.
    if (file.ok) versions.push({ commit, text: file.output.toString() });
  }
  return versions;
}

/**
 * The git repository that the project's folder lies in.
 *
 * Beyond the port's errors: SOURCE_TOOL_MISSING, SOURCE_NO_COMMIT, SOURCE_SUBMODULE, SOURCE_FAILED.
 *
 * @param root absolute folder of the project: the repository's root or any folder below it.
 */
export function openGitSource(root: string): Source {
  return {
    commit: (revision = "HEAD") => resolveCommit(root, revision),

    async changes() {
      const { prefix } = await locate(root);
      const { ok, output, words } = await run(commands.status(), { folder: root });
      if (!ok) throw failed("the work tree could not be compared with the commit", root, words);
      return commands.parseStatus(output.toString(), prefix);
    },

    async lastChange(paths) {
      if (paths.length === 0) return undefined;
      try {
        const status = await run(commands.statusOf(paths), { folder: root });
        if (!status.ok || status.output.length > 0) return undefined;
        const { ok, output } = await run(commands.lastChange(paths), { folder: root });
        return ok ? commands.parseChange(output.toString()) : undefined;
      } catch (error) {
        if (isRingfenceError(error, "SOURCE_TOOL_MISSING")) return undefined;
        throw error;
      }
    },

    async versions(path) {
      try {
        return await versionsOf(root, path);
      } catch (error) {
        if (isRingfenceError(error, "SOURCE_TOOL_MISSING")) return [];
        throw error;
      }
    },

    folder: async () => (await locate(root)).prefix.replace(/\/$/, ""),

    async configure(values) {
      await locate(root);
      for (const [name, value] of Object.entries(values)) {
        const { ok, words } = await run(commands.configure(name, value), { folder: root });
        if (!ok) throw failed(`git's setting ${name} could not be written`, root, words);
      }
    },

    async checkout(commit, folder) {
      const final = resolve(folder);
      const id = await resolveCommit(root, commit);
      const location = await locate(root);
      if (location.prefix === "") return writeFiles(root, location, id, final);
      // The files come out below their path in the repository, and are then moved as one.
      const whole = await mkdtemp(`${final}-whole-`);
      try {
        await writeFiles(root, location, id, whole);
        await rename(join(whole, location.prefix), final);
      } finally {
        await rm(whole, { recursive: true, force: true });
      }
    },
  };
}
