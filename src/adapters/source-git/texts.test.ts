import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commit, git, repository, scratch, useRepository, write } from "../../../test/git-repository.ts";
import type { RepositoryText } from "../../ports/repository-texts.ts";
import { openGitTexts } from "./texts.ts";

useRepository();
beforeEach(() => {
  git("init", "--quiet", "--initial-branch=main");
});

const at = (path = "") => openGitTexts(join(repository, path));
const code = (name: string) => expect.objectContaining({ code: name });

async function whole({ chunks }: RepositoryText): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function listed(texts: AsyncIterable<RepositoryText>): Promise<string[]> {
  const all: string[] = [];
  for await (const text of texts) {
    const content = await whole(text);
    all.push(
      text.isMessage
        ? `${text.path.split(" ")[0]}: ${content.trim().split("\n").at(-1)}`
        : `${text.path}: ${content}`,
    );
  }
  return all;
}
const history = (range?: string, path = "") => listed(at(path).history(range, () => {}));

describe("the history", () => {
  test("has every content once, at its first path and commit, the oldest first; and all messages", async () => {
    write("a", "1");
    write("b/ünusual\nname", "2");
    const first = commit("one");
    write("a", "3");
    write("c", "1");
    commit("two");
    rmSync(join(repository, "a"));
    commit("three");
    git("tag", "--annotate", "v1", "--message", "a tag");
    expect(await history()).toEqual([
      "commit: one",
      "a: 1",
      "b/ünusual\nname: 2",
      "commit: two",
      "a: 3",
      "commit: three",
      "tag: a tag",
    ]);
    for await (const { path, commit: id, copies } of at().history(undefined, () => {})) {
      if (path === "b/ünusual\nname") expect(id).toBe(first);
      if (id === first && path === "a")
        expect(copies).toEqual([{ path: "c", commit: git("rev-parse", "HEAD~1") }]);
    }
  });

  test("of other branches, of what is stashed, and of what a merge alone brought", async () => {
    write("a", "1");
    commit();
    git("checkout", "--quiet", "-b", "side");
    write("a", "side");
    commit();
    git("checkout", "--quiet", "main");
    write("a", "main");
    commit();
    expect(() => git("merge", "--quiet", "side")).toThrow();
    write("a", "merged");
    commit("merge");
    write("a", "stashed");
    git("stash", "--quiet");
    const files = (await history()).filter((line) => line.startsWith("a: "));
    expect(files.sort()).toEqual(["a: 1", "a: main", "a: merged", "a: side", "a: stashed"]);
  });

  test("of some commits; of a folder; with links, without submodules", async () => {
    write("app/a", "1");
    symlinkSync("target", join(repository, "app/link"));
    const first = commit("one");
    write("app/a", "2");
    write("other", "x");
    git("add", "--all");
    git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor`);
    git("commit", "--quiet", "--message", "two");
    expect(await history(`${first}..HEAD`)).toEqual(["commit: two", "app/a: 2", "other: x"]);
    expect(await history(undefined, "app")).toEqual([
      "commit: one",
      "a: 1",
      "link: target",
      "commit: two",
      "a: 2",
    ]);
  });

  test("of every stash; of a blob that is replaced; of refs on a blob and on a tree, behind tags too", async () => {
    write("a", "1");
    commit("one");
    for (const text of ["first stash", "second stash"]) {
      write("a", text);
      git("stash", "--quiet");
    }
    const made = (text: string) => {
      write("../object", text);
      return git("hash-object", "-w", "../object");
    };
    git("replace", git("rev-parse", "HEAD:a"), made("replacement"));
    git("tag", "blob", made("of a tag"));
    git("tag", "known", git("rev-parse", "HEAD:a"));
    write("of/tree", "of a tree");
    git("add", "--all");
    const tree = git("write-tree");
    git("reset", "--quiet", "--hard");
    git("tag", "--annotate", "inner", "--message", "inner", tree);
    git("tag", "--annotate", "outer", "--message", "outer", "inner");
    const files = (await history()).filter((line) => !/^(commit|tag): /.test(line));
    const replaced = git("for-each-ref", "--format=%(refname)", "refs/replace");
    expect(files.sort()).toEqual([
      "a: 1",
      "a: first stash",
      "a: second stash",
      "of/tree: of a tree",
      `${replaced}: replacement`,
      "refs/tags/blob: of a tag",
    ]);
  });

  test("of a folder: also what a merge alone brought there, and nothing that it brought elsewhere", async () => {
    const both = (text: string) => {
      write("app/a", text);
      write("other/b", `${text}, elsewhere`);
    };
    both("1");
    commit();
    git("checkout", "--quiet", "-b", "side");
    both("side");
    commit();
    git("checkout", "--quiet", "main");
    both("main");
    commit();
    expect(() => git("merge", "--quiet", "side")).toThrow();
    both("merged");
    commit("merge");
    const files = (await history(undefined, "app")).filter((line) => !line.startsWith("commit: "));
    expect(files.sort()).toEqual(["a: 1", "a: main", "a: merged", "a: side"]);
    both("staged");
    git("add", "--all");
    expect(await listed(at("app").staged())).toEqual(["a: staged"]);
  });

  test.each(["--all", "nowhere..HEAD", "--output=x"])("%s names no commits", async (range) => {
    write("a", "1");
    commit();
    await expect(history(range)).rejects.toEqual(code("SOURCE_UNKNOWN_REVISION"));
  });

  test("of nothing is empty; a large content comes in pieces, also where it is not read to its end", async () => {
    expect(await history()).toEqual([]);
    write("large", Buffer.alloc(3_000_000, "x"));
    write("small", "s");
    commit("one");
    let pieces = 0;
    const seen: string[] = [];
    for await (const text of at().history(undefined, () => {})) {
      seen.push(`${text.path.slice(0, 6)} ${text.bytes}`);
      if (text.path !== "large") continue;
      for await (const _ of text.chunks) if (++pieces === 2) break;
    }
    expect(pieces).toBe(2);
    expect(seen.slice(1)).toEqual(["large 3000000", "small 1"]);
  });

  test("names what the repository lacks", async () => {
    write("a", "1");
    commit("one");
    const id = git("rev-parse", "HEAD:a");
    rmSync(join(repository, ".git/objects", id.slice(0, 2), id.slice(2)));
    const bytes: (number | undefined)[] = [];
    for await (const text of at().history(undefined, () => {})) bytes.push(text.bytes);
    expect(bytes.at(-1)).toBeUndefined();
  });

  test("is shallow where older commits are missing", async () => {
    write("a", "1");
    commit();
    write("a", "2");
    commit();
    expect(await at().isShallow()).toBe(false);
    const clone = join(scratch, "shallow");
    git("clone", "--quiet", "--depth=1", `file://${repository}`, clone);
    expect(await openGitTexts(clone).isShallow()).toBe(true);
  });
});

describe("what is staged", () => {
  test("before the first commit, and against the last one; not what is not added", async () => {
    write("a", "1");
    git("add", "a");
    expect(await listed(at().staged())).toEqual(["a: 1"]);
    commit();
    write("a", "2");
    git("add", "a");
    write("a", "3");
    write("b", "untracked");
    const staged: string[] = [];
    for await (const text of at().staged()) staged.push(`${await whole(text)}, was ${await text.former()}`);
    expect(staged).toEqual(["2, was 1"]);
  });

  test("in the index that a hook is told", async () => {
    write("a", "1");
    commit();
    write("a", "2");
    vi.stubEnv("GIT_INDEX_FILE", join(repository, ".git/other-index"));
    git("read-tree", "HEAD");
    git("add", "a");
    expect(await listed(at().staged())).toEqual(["a: 2"]);
    vi.unstubAllEnvs();
    expect(await listed(at().staged())).toEqual([]);
  });
});

test("files are those that git has or would add, relative to the folder", async () => {
  write(".gitignore", "ignored\n");
  write("app/a", "1");
  commit();
  write("app/new", "1");
  write("app/ignored", "1");
  expect((await at("app").files())?.toSorted()).toEqual(["a", "new"]);
});

test("every version of a file, whatever its name", async () => {
  write("s[1].yaml", "1");
  write("s1.yaml", "other");
  commit();
  write("s[1].yaml", "2");
  commit();
  const versions: string[] = [];
  for await (const text of at().versions("s[1].yaml")) versions.push(text);
  expect(versions).toEqual(["1", "2"]);
});

test("without a repository or without git there are no files to list, and nothing is staged", async () => {
  vi.stubEnv("GIT_CEILING_DIRECTORIES", scratch);
  rmSync(join(repository, ".git"), { recursive: true });
  expect(await at().files()).toBeUndefined();
  await expect(listed(at().staged())).rejects.toEqual(code("SOURCE_NO_REPOSITORY"));
  await expect(history()).rejects.toEqual(code("SOURCE_NO_REPOSITORY"));
  vi.stubEnv("PATH", "/nowhere");
  expect(await at().files()).toBeUndefined();
});
