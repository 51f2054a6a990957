import { resolve } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { absolutePath } from "./absolute-path.ts";

test("is what resolve says, whatever the path", () => {
  const part = fc.constantFrom("", ".", "..", "...", ".a", "a.", "a..b", "a b", "ä", "x");
  const path = fc
    .tuple(fc.constantFrom("", "/", "./"), fc.array(part))
    .map(([start, parts]) => start + parts.join("/"));
  fc.assert(
    fc.property(path, (given) => {
      expect(absolutePath(given)).toBe(resolve(given));
    }),
    { numRuns: 2_000 },
  );
});
