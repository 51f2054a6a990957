import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRingfenceError } from "../base/error.ts";
import { compareVersions, formatVersion, isVersion, nextVersion, parseVersion } from "./index.ts";

/** Examples from the text of Semantic Versioning 2.0.0, and the valid list of the expression it suggests (FAQ). */
const VALID = `0.0.4 1.2.3 10.20.30 1.1.2-prerelease+meta 1.1.2+meta 1.1.2+meta-valid 1.0.0-alpha
1.0.0-beta 1.0.0-alpha.beta 1.0.0-alpha.beta.1 1.0.0-alpha.1 1.0.0-alpha0.valid 1.0.0-alpha.0valid
1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay 1.0.0-rc.1+build.1 2.0.0-rc.1+build.123
1.2.3-beta 10.2.3-DEV-SNAPSHOT 1.2.3-SNAPSHOT-123 1.0.0 2.0.0 1.1.7 2.0.0+build.1848 2.0.1-alpha.1227
1.0.0-alpha+beta 1.2.3----RC-SNAPSHOT.12.9.1--.12+788 1.2.3----R-S.12.9.1--.12+meta
1.2.3----RC-SNAPSHOT.12.9.1--.12 1.0.0+0.build.1-rc.10000aaa-kk-0.1
99999999999999999999999.999999999999999999.99999999999999999 1.0.0-0A.is.legal
1.0.0-alpha+001 1.0.0+20130313144700 1.0.0-beta+exp.sha.5114f85 1.0.0+21AF26D3---117B344092BD
1.0.0-0.3.7 1.0.0-x.7.z.92 1.0.0-x-y-z.--`.split(/\s+/);

const INVALID = `1 1.2 1.2.3-0123 1.2.3-0123.0123 1.1.2+.123 +invalid -invalid -invalid+invalid
-invalid.01 alpha alpha.beta alpha.beta.1 alpha.1 alpha+beta alpha_beta alpha. alpha.. beta 1.0.0-alpha_beta
-alpha. 1.0.0-alpha.. 1.0.0-alpha..1 1.0.0-alpha...1 01.1.1 1.01.1 1.1.01 1.2.3.DEV 1.2-SNAPSHOT
1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788 1.2-RC-SNAPSHOT -1.0.3-gamma+b7718 +justmeta 9.8.7+meta+meta
9.8.7-whatever+meta+meta v1.2.3`.split(/\s+/);

describe("the grammar", () => {
  test.each(VALID)("%s is a version", (text) => {
    expect(isVersion(text)).toBe(true);
    expect(formatVersion(parseVersion(text))).toBe(text);
  });
  test.each([...INVALID, "", " 1.0.0", "1.0.0\n"])("%j is none", (text) =>
    expect(isVersion(text)).toBe(false),
  );

  test.each([
    ["v1.2.3", "write 1.2.3"],
    ["1.2", "write 1.2.0"],
    ["01.2.3", "write 1.2.3"],
    ["1.2-rc.1", "write 1.2.0-rc.1"],
    ["latest", "write a version such as 1.4.0"],
  ])("%s is refused with what was meant", (text, fix) => {
    expect(() => parseVersion(text)).toThrow(
      expect.objectContaining({ code: "RELEASE_VERSION_INVALID", fix, exit: 2 }),
    );
  });

  test("a text of a million digits is refused, not parsed", () => {
    try {
      parseVersion("1".repeat(1_000_000));
      expect.unreachable();
    } catch (error) {
      expect(isRingfenceError(error, "RELEASE_VERSION_INVALID")).toBe(true);
    }
  });
});

describe("precedence (item 11)", () => {
  const chains = [
    ["1.0.0", "2.0.0", "2.1.0", "2.1.1"],
    [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
    ],
    ["1.0.0-9007199254740993", "1.0.0-9007199254740994", "1.0.0-A", "1.0.0-a"],
    ["9.0.0", "10.0.0", "9007199254740993.0.0", "9007199254740994.0.0"],
  ];
  test.each(chains)("%s … in order", (...chain) => {
    for (const [i, a] of chain.entries()) {
      for (const [j, b] of chain.entries()) expect(compareVersions(a, b)).toBe(Math.sign(i - j));
    }
  });

  test("build metadata has no part in it", () => {
    expect(compareVersions("1.0.0+20130313144700", "1.0.0+21AF26D3---117B344092BD")).toBe(0);
  });

  const version = fc
    .tuple(
      fc.nat(12),
      fc.nat(12),
      fc.nat(12),
      fc.array(fc.stringMatching(/^(0|[1-9][0-9]?|[a-c-]{1,2})$/), { maxLength: 3 }),
    )
    .map(
      ([major, minor, patch, pre]) =>
        `${major}.${minor}.${patch}${pre.length > 0 ? `-${pre.join(".")}` : ""}`,
    );

  test("it is a total order", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, b)).toBe(0 - compareVersions(b, a));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test("the next version comes after", () => {
    fc.assert(
      fc.property(version, fc.constantFrom("major", "minor", "patch"), (current, part) => {
        expect(compareVersions(nextVersion(current, part), current)).toBe(1);
      }),
    );
  });
});

test.each([
  ["1.4.2", "major", "2.0.0"],
  ["1.4.2", "minor", "1.5.0"],
  ["1.4.2", "patch", "1.4.3"],
  ["2.0.0-rc.1", "major", "2.0.0"],
  ["2.1.0-rc.1", "major", "3.0.0"],
  ["2.1.0-rc.1", "minor", "2.1.0"],
  ["2.1.1-rc.1", "minor", "2.2.0"],
  ["2.1.1-rc.1+build.5", "patch", "2.1.1"],
  ["0.9.9", "patch", "0.9.10"],
  ["1.0.0+build.7", "patch", "1.0.1"],
  ["9007199254740993.0.0", "major", "9007199254740994.0.0"],
] as const)("after %s the next %s is %s", (current, part, next) => {
  expect(nextVersion(current, part)).toBe(next);
});
