import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { createTar } from "nanotar";
import { describe, expect, test } from "vitest";
import { ARCHIVE_LIMITS, unpack } from "./archive.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const zip = (files: Record<string, string | Uint8Array>, level: 0 | 9 = 9) =>
  Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, data]) => [name, typeof data === "string" ? bytes(data) : data]),
      ),
      { level },
    ),
  );
const tar = (files: Record<string, string | Uint8Array>) =>
  Buffer.from(
    createTar(
      Object.entries(files).map(([name, data]) => ({
        name,
        data: typeof data === "string" ? bytes(data) : data,
      })),
    ),
  );
const seen = (data: Buffer, limits = {}) =>
  [...unpack("a", data, { ...ARCHIVE_LIMITS, ...limits })].map(({ path, data: content, why }) => [
    path,
    content?.toString() ?? `not: ${why}`,
  ]);

describe("what is in", () => {
  test.each<[string, Buffer, string[][]]>([
    [
      "a zip",
      zip({ "b/c.js": "one", "d.js": "two" }),
      [
        ["a!b/c.js", "one"],
        ["a!d.js", "two"],
      ],
    ],
    ["a zip that only stores", zip({ "c.js": "one" }, 0), [["a!c.js", "one"]]],
    [
      "a tar",
      tar({ "package/c.js": "one", e: "" }),
      [
        ["a!package/c.js", "one"],
        ["a!e", ""],
      ],
    ],
    [
      "a file that was compressed",
      gzipSync("one, and so much that it counts"),
      [["a", "one, and so much that it counts"]],
    ],
    ["an npm tarball", gzipSync(tar({ "package/c.js": "one" })), [["a!package/c.js", "one"]]],
    [
      "a zip behind something else",
      Buffer.concat([Buffer.from("#!/bin/sh\n"), zip({ "c.js": "one" })]),
      [
        ["a", "#!/bin/sh\n"],
        ["a!c.js", "one"],
      ],
    ],
    [
      "a tar behind another",
      Buffer.concat([tar({ b: "one" }), Buffer.alloc(5120), tar({ c: "two" })]),
      [
        ["a!b", "one"],
        ["a!c", "two"],
      ],
    ],
    ["a zip in a tar", tar({ "lib.jar": zip({ "c.js": "one" }) }), [["a!lib.jar!c.js", "one"]]],
  ])("%s", (_what, data, files) => {
    expect(seen(data)).toEqual(files);
  });

  test("a tar with names of more than a hundred characters, by pax and by GNU", () => {
    const long = `${"deep/".repeat(30)}file.js`;
    const record = ` path=${long}\n`;
    const pax = `${record.length + 3}${record}`;
    const header = (type: string, data: string) => {
      const made = tar({ x: data }).subarray(0, 1024);
      made.write(type, 156);
      return made;
    };
    const file = tar({ "short.js": "one" });
    expect(seen(Buffer.concat([header("x", pax), file]))).toEqual([[`a!${long}`, "one"]]);
    expect(seen(Buffer.concat([header("L", long), file]))).toEqual([[`a!${long}`, "one"]]);
  });
});

test("a zip of more files than its count has room for", () => {
  const names = Array.from({ length: 65_540 }, (_, at) => `f${at}`);
  const all = zip(Object.fromEntries(names.map((name) => [name, ""])), 0);
  expect(seen(all).map(([path]) => path)).toEqual(names.map((name) => `a!${name}`));
});

describe("what is not opened is named", () => {
  const sparse = tar({ b: "x".repeat(600), c: "one" });
  sparse.write("S", 156);
  const short = zip({ b: "one" });
  short.writeUInt16LE(2, short.length - 12);
  const bomb = gzipSync(Buffer.alloc(1_000_000));
  test.each<[string, Buffer, object, string[]]>([
    ["a file larger than the limit", bomb, { fileBytes: 1000 }, ["a"]],
    [
      "a zip entry larger than the limit",
      zip({ b: new Uint8Array(9999), c: "one" }),
      { fileBytes: 1000 },
      ["a!b"],
    ],
    ["more files than the limit", zip({ b: "1", c: "2", d: "3" }), { files: 2 }, ["a"]],
    ["more bytes than the limit", tar({ b: "123456", c: "123456", d: "1" }), { bytes: 10 }, ["a"]],
    ["deeper than the limit", tar({ b: tar({ c: tar({ d: "1" }) }) }), { depth: 2 }, ["a!b!c"]],
    ["a file in a tar that is none of the plain ones", sparse, {}, ["a!b"]],
    ["a tar with a piece behind it", Buffer.concat([tar({ b: "one" }), Buffer.from("x")]), {}, ["a"]],
    ["a zip with fewer files than it says", short, {}, ["a"]],
    ["xz", tar({ b: Buffer.from("fd377a585a0000", "hex") }), {}, ["a!b"]],
    ["Zstandard", Buffer.from("28b52ffd00", "hex"), {}, ["a"]],
    ["bzip2", Buffer.from("425a68393141592653590000", "hex"), {}, ["a"]],
    ["a cut gzip", bomb.subarray(0, 100), {}, ["a"]],
    ["a cut tar", tar({ b: "x".repeat(5000) }).subarray(0, 2000), {}, ["a"]],
    ["a zip without its directory", zip({ b: "one" }).subarray(0, 40), {}, ["a"]],
  ])("%s", (_what, data, limits, named) => {
    const paths = seen(data, limits)
      .filter(([, content]) => content!.startsWith("not: "))
      .map(([path]) => path);
    expect(paths).toEqual(named);
  });
});
