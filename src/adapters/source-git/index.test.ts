import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commit, git, repository, scratch, useRepository, write } from "../../../test/git-repository.ts";
import { openGitSource } from "./index.ts";

useRepository();

let out: string;
beforeEach(() => {
  out = join(dirname(repository), "out");
  mkdirSync(out);
});

const at = (path = "") => openGitSource(join(repository, path));
const code = (name: string, more: object = {}) => expect.objectContaining({ code: name, ...more });

describe("revisions", () => {
  test("HEAD, branches, tags and short ids give the full id", async () => {
    git("init", "--quiet", "--initial-branch=main");
    write("a", "1");
    const first = commit();
    git("tag", "--annotate", "v1.0.0", "--message", "one");
    write("a", "2");
    const second = commit();
    expect(await at().commit()).toBe(second);
    expect(await at().commit("main")).toBe(second);
    expect(await at().commit("v1.0.0")).toBe(first);
    expect(await at().commit("HEAD~1")).toBe(first);
    expect(await at().commit(first.slice(0, 10))).toBe(first);
  });

  test.each([
    ["v1.0.1", "use v1.0.0"],
    ["zzzzzzzzzzzz", expect.stringContaining("git log")],
    ["0".repeat(40), expect.stringContaining("git log")],
    ["--all", expect.anything()],
    ["HEAD:a", expect.anything()],
  ])("%s is unknown", async (revision, fix) => {
    git("init", "--quiet", "--initial-branch=main");
    write("a", "1");
    commit();
    git("tag", "v1.0.0");
    await expect(at().commit(revision)).rejects.toEqual(code("SOURCE_UNKNOWN_REVISION", { fix, exit: 2 }));
  });

  test("no repository", async () => {
    vi.stubEnv("GIT_CEILING_DIRECTORIES", scratch);
    await expect(at().commit()).rejects.toEqual(
      code("SOURCE_NO_REPOSITORY", { fix: expect.stringContaining("git init") }),
    );
    await expect(at().changes()).rejects.toEqual(code("SOURCE_NO_REPOSITORY"));
  });

  test("the git folder itself is no work tree", async () => {
    git("init", "--quiet");
    await expect(at(".git").commit()).rejects.toEqual(code("SOURCE_NO_REPOSITORY"));
  });

  test("no commit yet", async () => {
    git("init", "--quiet");
    await expect(at().commit()).rejects.toEqual(code("SOURCE_NO_COMMIT"));
  });

  test("no git", async () => {
    vi.stubEnv("PATH", out);
    await expect(at().commit()).rejects.toEqual(code("SOURCE_TOOL_MISSING"));
  });
});

describe("changes", () => {
  test("of a project in a subfolder, relative to it", async () => {
    git("init", "--quiet");
    for (const path of ["app/same", "app/edited", "app/gone", "app/staged", "other"]) write(path, "1");
    write("app/.gitignore", "ignored\n");
    commit();
    expect(await at("app").changes()).toEqual([]);
    write("app/edited", "2");
    write("app/deep/new file\nwith ünusual name", "");
    write("app/ignored", "");
    write("app/staged", "2");
    git("add", "app/staged");
    write("other", "2");
    rmSync(join(repository, "app/gone"));
    expect(await at("app").changes()).toEqual([
      "deep/new file\nwith ünusual name",
      "edited",
      "gone",
      "staged",
    ]);
    expect(await at().changes()).toContain("app/edited");
  });
});

describe("who changed last", () => {
  const changed = (...paths: string[]) => at("app").lastChange(paths);

  beforeEach(() => {
    git("init", "--quiet");
    for (const path of ["app/a.env", "app/b[1].env", "app/c.env"]) write(path, "1");
    git("add", "--all");
    git("commit", "--quiet", "--message", "first", "--author", "Ada\tü <ada@example.test>");
    write("app/c.env", "2");
    git("add", "--all");
    git("commit", "--quiet", "--message", "second", "--author", "Ben <ben@example.test>");
  });

  test("is the author of the latest commit on any of the paths, taken literally", async () => {
    const first = git("rev-parse", "HEAD~1");
    expect(await changed("a.env", "b[1].env")).toEqual({ commit: first, author: "Adaü" });
    expect(await changed("a.env", "c.env")).toMatchObject({ author: "Ben" });
    expect(await changed("*.env")).toBeUndefined();
  });

  test.each([
    ["of no path", () => {}, []],
    ["never committed", () => write("app/new.env", "1"), ["new.env", "a.env"]],
    ["edited since", () => write("app/a.env", "2"), ["a.env", "c.env"]],
    ["removed since", () => rmSync(join(repository, "app/a.env")), ["a.env"]],
    ["not there at all", () => {}, ["none.env"]],
  ])("is unknown where it can't be told: %s", async (_, change, paths) => {
    change();
    expect(await changed(...paths)).toBeUndefined();
  });

  test("is unknown without a repository or without git", async () => {
    vi.stubEnv("GIT_CEILING_DIRECTORIES", scratch);
    rmSync(join(repository, ".git"), { recursive: true });
    expect(await changed("a.env")).toBeUndefined();
    vi.stubEnv("PATH", out);
    expect(await changed("a.env")).toBeUndefined();
  });
});

describe("checkout", () => {
  test("exactly the commit: modes, links and names kept, nothing of the work tree", async () => {
    git("init", "--quiet");
    write("bin/run", "#!/bin/sh\n");
    chmodSync(join(repository, "bin/run"), 0o755);
    write("a b\nü", "1");
    write("kept.txt", "one\r\ntwo\n");
    write("left-out.txt", "archive would leave it out");
    write(".gitattributes", "left-out.txt export-ignore\n");
    symlinkSync("bin/run", join(repository, "link"));
    const id = commit();
    write("a b\nü", "changed");
    write("untracked", "x");
    write(".gitattributes", "* text eol=crlf\n");
    const index = readFileSync(join(repository, ".git/index"));
    await at().checkout(id, out);
    expect(readdirSync(out).sort()).toEqual([
      ".gitattributes",
      "a b\nü",
      "bin",
      "kept.txt",
      "left-out.txt",
      "link",
    ]);
    expect(readFileSync(join(out, "a b\nü"), "utf8")).toBe("1");
    expect(readFileSync(join(out, "kept.txt"), "utf8")).toBe("one\r\ntwo\n");
    expect(readFileSync(join(out, "left-out.txt"), "utf8")).toBe("archive would leave it out");
    expect(statSync(join(out, "bin/run")).mode & 0o111).not.toBe(0);
    expect(readlinkSync(join(out, "link"))).toBe("bin/run");
    expect(readFileSync(join(repository, ".git/index"))).toEqual(index);
  });

  test("a project in a subfolder: its files only, under the attributes of the whole repository", async () => {
    git("init", "--quiet");
    write(".gitattributes", "*.bat text eol=crlf\n");
    write("apps/one/src/a.ts", "a");
    write("apps/one/run.bat", "x\n");
    write("apps/one-more/b.ts", "b");
    const id = commit();
    await at("apps/one").checkout(id, out);
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(["run.bat", "src", "src/a.ts"]);
    expect(readFileSync(join(out, "run.bat"), "utf8")).toBe("x\r\n");
    expect(readdirSync(dirname(out)).sort()).toEqual(["out", "repository"]);
  });

  test("an older commit, from a linked work tree, whatever GIT_ variables say", async () => {
    git("init", "--quiet");
    write("a", "1");
    const id = commit();
    write("a", "2");
    commit();
    const linked = join(dirname(out), "linked");
    git("worktree", "add", "--quiet", "--detach", linked);
    vi.stubEnv("GIT_DIR", "/nowhere");
    vi.stubEnv("GIT_WORK_TREE", "/nowhere");
    vi.stubEnv("GIT_INDEX_FILE", "/nowhere");
    await openGitSource(linked).checkout(id, out);
    expect(readFileSync(join(out, "a"), "utf8")).toBe("1");
    expect(lstatSync(join(out, "a")).isFile()).toBe(true);
    expect(readdirSync(out)).toEqual(["a"]);
  });

  test("a submodule in the project is refused, one beside it does not matter", async () => {
    git("init", "--quiet");
    write("app/a", "1");
    git("add", "--all");
    git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},app/vendor/lib`);
    git("commit", "--quiet", "--message", "change");
    await expect(at("app").checkout("HEAD", out)).rejects.toEqual(
      code("SOURCE_SUBMODULE", {
        where: "vendor/lib",
        fix: expect.stringContaining("git rm --cached vendor/lib"),
      }),
    );
    write("beside/a", "1");
    git("add", "beside");
    git("commit", "--quiet", "--message", "beside");
    await at("beside").checkout("HEAD", out);
    expect(readdirSync(out)).toEqual(["a"]);
  });

  test("a commit without the project, and one that does not exist", async () => {
    git("init", "--quiet");
    write("a", "1");
    const id = commit();
    mkdirSync(join(repository, "app"));
    await expect(at("app").checkout(id, out)).rejects.toEqual(code("SOURCE_NO_COMMIT"));
    await expect(at().checkout("1".repeat(40), out)).rejects.toEqual(code("SOURCE_UNKNOWN_REVISION"));
  });
});

describe("a file's versions", () => {
  beforeEach(() => {
    git("init", "--quiet", "--initial-branch", "main");
    write("app/a[1].yaml", "1");
    commit();
  });

  test("are those of all branches, the newest first, the path taken literally", async () => {
    git("checkout", "--quiet", "-b", "other");
    write("app/a[1].yaml", "2\r\n");
    write("app/a1.yaml", "another");
    const second = commit();
    git("checkout", "--quiet", "main");
    const versions = await at("app").versions("a[1].yaml");
    expect(versions.map(({ text }) => text).sort()).toEqual(["1", "2\r\n"]);
    expect(versions.map(({ commit: id }) => id)).toContain(second);
    expect(await at("app").versions("b.yaml")).toEqual([]);
  });

  test("the folder below the root, and settings of the repository", async () => {
    expect([await at("app").folder(), await at("").folder()]).toEqual(["app", ""]);
    await at("app").configure({ "diff.ringfence.textconv": "a 'b'" });
    expect(git("config", "--local", "diff.ringfence.textconv")).toBe("a 'b'");
  });
});
