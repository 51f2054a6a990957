import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeWith } from "../../../test/components.ts";
import { runGit } from "../../../test/git.ts";
import { gitStates, readIndexPaths } from "./git-index.ts";
import { type FolderScene, openFolderScene } from "./scene.fixture.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;
let scene: FolderScene;
beforeEach(() => {
  scene = openFolderScene({});
});
afterEach(() => scene.remove());

const git = (...words: string[]) => runGit(scene.folder, ...words);

const FILES = {
  ".env": "A=1\n",
  ".env.production": "A=1\n",
  "a/b/c/.env": "A=1\n",
  "a/b/cd.txt": "",
  "ü/ß.env": "",
  [`long/${"n".repeat(200)}/${"m".repeat(200)}/${"o".repeat(200)}`]: "",
};

describeWith("the index as git writes it", hasGit ? undefined : "git", () => {
  test.each(["2", "3", "4"])("version %s", (version) => {
    scene.write(FILES);
    git("init", "-q");
    git("add", "-A");
    // Version 3 is only written where an entry needs it: one that is to be added does.
    scene.write({ later: "" });
    git("add", "--intent-to-add", "later");
    git("update-index", "--index-version", version);
    const listed = git("ls-files", "-z")
      .split("\0")
      .filter((path) => path !== "");
    const read = readIndexPaths(readFileSync(join(scene.folder, ".git/index")));
    expect([...read!].sort()).toEqual(listed.sort());
  });

  test("with digests of SHA-256", () => {
    scene.write(FILES);
    git("init", "-q", "--object-format=sha256");
    git("add", "-A");
    expect(readIndexPaths(readFileSync(join(scene.folder, ".git/index")))?.size).toBe(
      Object.keys(FILES).length,
    );
  });

  test("one that only holds what changed is unknown", () => {
    scene.write(FILES);
    git("init", "-q");
    git("add", "-A");
    git("update-index", "--split-index");
    expect(gitStates(scene.folder)(".env")).toBe("unknown");
  });

  test("a worktree, and a folder inside of a repository", () => {
    scene.write(FILES);
    git("init", "-q");
    git("add", "-A");
    git("commit", "-q", "-m", "first");
    git("worktree", "add", "-q", "tree");
    expect(gitStates(join(scene.folder, "tree"))(".env")).toBe("tracked");
    expect(gitStates(join(scene.folder, "a/b"))("c/.env")).toBe("tracked");
    expect(gitStates(join(scene.folder, "a/b"))("other")).toBe("untracked");
  });

  test("ignored, as git says it", () => {
    scene.write({
      ".gitignore": "# secrets\n.env.*\n!.env.example\n/only-here\nfolder/\n*.key\na/**/deep\n\\#odd\n",
      "a/.gitignore": "local?\n",
    });
    const paths = [
      ".env.prod",
      ".env.example",
      "x/.env.a",
      "only-here",
      "x/only-here",
      "folder/f",
      "x/folder/f/g",
      "k.key",
      "a/deep",
      "a/b/c/deep",
      "a/local1",
      "a/local",
      "local1",
      ".env",
    ];
    scene.write(Object.fromEntries(paths.map((path) => [path, ""])));
    git("init", "-q");
    git("add", "only-here", "-f");
    const ignored = new Set(
      git("status", "--short", "--ignored=matching", "-uall", "-z")
        .split("\0")
        .filter((line) => line.startsWith("!! "))
        .map((line) => line.slice(3)),
    );
    const isIgnored = (path: string) =>
      [...ignored].some((one) => one === path || (one.endsWith("/") && path.startsWith(one)));
    const states = gitStates(scene.folder);
    for (const path of paths) {
      const expected = path === "only-here" ? "tracked" : isIgnored(path) ? "ignored" : "untracked";
      expect({ path, state: states(path) }).toEqual({ path, state: expected });
    }
  });
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["no index", Buffer.from("not an index at all")],
  ["a version that is not there", Buffer.from("DIRC\0\0\0\u0009\0\0\0\u0001")],
  ["more entries than there are", Buffer.from("DIRC\0\0\0\u0002\0\0\u00ff\u00ff")],
])("%s is unknown", (_what, data) => expect(readIndexPaths(data)).toBeUndefined());

test("without a repository it is unknown", () => {
  expect(gitStates(scene.folder)(".env")).toBe("unknown");
});
