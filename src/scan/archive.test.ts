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

describe("what is not opened is named", () => {
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
