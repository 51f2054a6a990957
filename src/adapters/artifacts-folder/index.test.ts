import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Artifact } from "../../model/release.ts";
import { openArtifactsFolder } from "./index.ts";

const scratch = mkdtempSync(join(tmpdir(), "ringfence-artifacts-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let root: string;
let output: string;
beforeEach(() => {
  const place = mkdtempSync(join(scratch, "case-"));
  root = join(place, "artifacts");
  output = join(place, "output");
  mkdirSync(output);
});

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(output, path)), { recursive: true });
  writeFileSync(join(output, path), content);
  chmodSync(join(output, path), mode);
}

const put = () => openArtifactsFolder(root).put("api", output, ["node", "api.mjs"]);
const open = (artifact: Artifact) => openArtifactsFolder(root).open(artifact);
const code = (name: string, more: object = {}) => expect.objectContaining({ code: name, ...more });

/** Writes although the stored file is read-only. */
function overwrite(path: string, content: string): void {
  rmSync(path);
  writeFileSync(path, content);
}

describe("keeping", () => {
  test("files come back as they were, read-only, executables executable, links as links", async () => {
    write("api.mjs", "export {};\n");
    write("bin/run", "#!/bin/sh\n", 0o750);
    symlinkSync("../api.mjs", join(output, "bin/entry"));
    const artifact = await put();
    expect(artifact.files.map((file) => file.path)).toEqual(["api.mjs", "bin/entry", "bin/run"]);
    const folder = await open(artifact);
    expect(folder).toBe(join(root, artifact.digest.replace(":", "-")));
    expect(readFileSync(join(folder, "api.mjs"), "utf8")).toBe("export {};\n");
    expect(statSync(join(folder, "api.mjs")).mode & 0o777).toBe(0o444);
    expect(statSync(join(folder, "bin/run")).mode & 0o777).toBe(0o555);
    expect(readlinkSync(join(folder, "bin/entry"))).toBe("../api.mjs");
  });

  test("the same content is the same artifact and changes nothing", async () => {
    write("api.mjs", "1");
    const first = await put();
    const before = statSync(join(root, first.digest.replace(":", "-"), "api.mjs"));
    mkdirSync(join(output, "empty"));
    const [second, third] = await Promise.all([put(), put()]);
    expect([second, third]).toEqual([first, first]);
    expect(statSync(join(root, first.digest.replace(":", "-"), "api.mjs")).ino).toBe(before.ino);
    expect(readdirSync(root)).toHaveLength(1);
  });

  test("two that put the same new content at once both succeed", async () => {
    for (let i = 0; i < 20; i++) write(`part-${i}.mjs`, `${i}`);
    const artifacts = await Promise.all([put(), put(), put()]);
    expect(new Set(artifacts.map((artifact) => artifact.digest)).size).toBe(1);
    await expect(open(artifacts[0]!)).resolves.toContain("sha256-");
    expect(readdirSync(root)).toHaveLength(1);
  });

  test.each<[string, () => void]>([
    ["content", () => write("api.mjs", "2")],
    ["name", () => write("other.mjs", "1")],
    ["permission to be executed", () => write("api.mjs", "1", 0o755)],
  ])("another %s is another artifact", async (_, change) => {
    write("api.mjs", "1");
    const first = await put();
    change();
    expect((await put()).digest).not.toBe(first.digest);
  });

  test.each<[string, () => void, string]>([
    ["nothing at all", () => {}, "services.api"],
    ["an absolute link", () => symlinkSync("/etc/hostname", join(output, "l")), "l"],
    ["a link out", () => symlinkSync("../../..", join(output, "l")), "l"],
    ["a link beside it", () => symlinkSync("../output-2", join(output, "l")), "l"],
    ["a link to nothing", () => symlinkSync("gone", join(output, "l")), "l"],
    ["a link to itself", () => symlinkSync("l", join(output, "l")), "l"],
    ["a pipe", () => execFileSync("mkfifo", [join(output, "pipe")]), "pipe"],
  ])("%s is refused", async (_, make, where) => {
    mkdirSync(join(dirname(output), "output-2"));
    make();
    await expect(put()).rejects.toEqual(code("ARTIFACT_UNFIT", { where: expect.stringContaining(where) }));
    expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
  });

  test("where the folder can't be made the error says so", async () => {
    write("api.mjs", "1");
    writeFileSync(root, "a file in the way");
    await expect(put()).rejects.toEqual(code("ARTIFACT_FOLDER_UNWRITABLE", { where: root }));
  });

  test("what a dead writer left is swept after a day, a living one's is not", async () => {
    write("api.mjs", "1");
    mkdirSync(join(root, ".incoming-1-old"), { recursive: true });
    mkdirSync(join(root, ".incoming-2-new"));
    utimesSync(join(root, ".incoming-1-old"), 0, 0);
    await put();
    expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([".incoming-2-new"]);
  });
});

describe("opening", () => {
  let artifact: Artifact;
  let folder: string;
  beforeEach(async () => {
    write("api.mjs", "one");
    write("lib/a.mjs", "two");
    artifact = await put();
    folder = join(root, artifact.digest.replace(":", "-"));
  });

  test.each<[string, () => void, string, RegExp]>([
    ["a changed file", () => overwrite(join(folder, "lib/a.mjs"), "twp"), "lib/a.mjs", /content differs/],
    ["a missing file", () => rmSync(join(folder, "api.mjs")), "api.mjs", /missing/],
    ["an added file", () => writeFileSync(join(folder, "lib/b.mjs"), ""), "lib/b.mjs", /added/],
    ["a mode", () => chmodSync(join(folder, "api.mjs"), 0o555), "", /executed/],
    [
      "a file become a link",
      () => {
        rmSync(join(folder, "api.mjs"));
        symlinkSync("/etc/hostname", join(folder, "api.mjs"));
      },
      "api.mjs",
      /leads out/,
    ],
  ])("%s is found and named", async (_, damage, path, why) => {
    damage();
    await expect(open(artifact)).rejects.toEqual(
      code("ARTIFACT_DAMAGED", { where: join(folder, path), message: expect.stringMatching(why) }),
    );
  });

  test("putting the content again mends it", async () => {
    overwrite(join(folder, "api.mjs"), "broken");
    await put();
    await expect(open(artifact)).resolves.toBe(folder);
    expect(readdirSync(root)).toHaveLength(1);
  });

  test.each([
    ["one that is not there", `sha256:${"0".repeat(64)}`],
    ["a digest that is a path", "sha256:../output"],
  ] as const)("%s is missing", async (_, digest) => {
    await expect(open({ ...artifact, digest })).rejects.toEqual(code("ARTIFACT_MISSING"));
  });

  test("an artifact whose list was changed with its files is refused by the digest", async () => {
    const other = mkdtempSync(join(scratch, "other-"));
    writeFileSync(join(other, "api.mjs"), "evil");
    const forged = await openArtifactsFolder(join(scratch, "forged")).put("api", other, []);
    overwrite(join(folder, "api.mjs"), "evil");
    rmSync(join(folder, "lib"), { recursive: true });
    await expect(open({ ...artifact, files: forged.files })).rejects.toEqual(code("ARTIFACT_DAMAGED"));
  });
});
