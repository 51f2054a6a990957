import { resolve } from "node:path";
import { expect, test } from "vitest";
import { isInside } from "./folder.ts";

test.each([
  ["/a", "/a", true],
  ["/a/", "/a", true],
  ["/a", "/a/b", true],
  ["/a", "/a/..data", true],
  ["/a", "/a/..data/b", true],
  ["/a", "/a/...", true],
  ["/a", "/a/b/../c", true],
  ["/", "/a", true],
  ["/a", "/ab", false],
  ["/a", "/a/../b", false],
  ["/a/b", "/a", false],
  ["/a/b", "/", false],
  ["/a/b", "/a/c", false],
])("%s has %s in it: %s", (folder, path, inside) => {
  expect(isInside(resolve(folder), resolve(path))).toBe(inside);
});
