import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PartNames, splitUrl, URL_PARTS } from "./url-split.ts";
import { typedText } from "./written-value.ts";

const ALL: PartNames = { scheme: "S", user: "U", host: "H", port: "P", path: "D", query: "Q" };
const ref = (name: string) => `\${${name}}`;

function partsOf(text: string, names: PartNames, literal = false): unknown {
  const split = splitUrl(typedText(text, literal), names);
  if (split.kind === "lacks") return `no ${split.part}`;
  if (split.kind !== "split") return split.kind;
  return [split.whole.text, ...[...split.parts.values()].map((one) => one.text)];
}

describe("a URL is split as it is written", () => {
  test.each<[string, PartNames, unknown]>([
    [
      `https://u:${ref("X")}@h:1/a/b?c=d#e`,
      ALL,
      [
        `${ref("S")}://${ref("U")}:${ref("X")}@${ref("H")}:${ref("P")}/${ref("D")}?${ref("Q")}#e`,
        "https",
        "u",
        "h",
        "1",
        "a/b",
        "c=d",
      ],
    ],
    ["redis://[fe80::1%25a]:6379", { host: "H" }, [`redis://${ref("H")}:6379`, "[fe80::1%25a]"]],
    [
      "postgres://a%40b@h/x%2Fy",
      { user: "U", path: "D" },
      [`postgres://${ref("U")}@h/${ref("D")}`, "a%40b", "x%2Fy"],
    ],
    ["http://a@b@h", { user: "U", host: "H" }, [`http://${ref("U")}@${ref("H")}`, "a@b", "h"]],
    [
      `${ref("A")}://${ref("B")}.test:${ref("C:-1")}`,
      { host: "H", port: "P" },
      [`${ref("A")}://${ref("H")}:${ref("P")}`, `${ref("B")}.test`, ref("C:-1")],
    ],
    ["http://h/$${x}", { path: "D" }, [`http://h/${ref("D")}`, ref("x")]],
    ["http://h", { port: "P" }, "no port"],
    ["http://h/", { path: "D" }, "no path"],
    ["http:///x", { host: "H" }, "no host"],
    ["http://u:p@h", { host: "H" }, "password"],
    [`http://u:${ref("X")}p@h`, { host: "H" }, "password"],
    [`http://u:${ref("X:-p")}@h`, { host: "H" }, "password"],
    ["http://u:a@b:c@h", { host: "H" }, "password"],
    [
      `http://u:${ref("X")}${ref("Y")}@h`,
      { host: "H" },
      [`http://u:${ref("X")}${ref("Y")}@${ref("H")}`, "h"],
    ],
    ["mongodb://a:1,b:2/x", { host: "H" }, "no url"],
    [ref("OTHER"), { host: "H" }, "no url"],
    ["mailto:a@b", { host: "H" }, "no url"],
    ["http://${", { host: "H" }, "no url"],
    ["", { host: "H" }, "no url"],
  ])("%s", (text, names, expected) => {
    expect(partsOf(text, names)).toEqual(expected);
  });

  test("what only looks like a reference is text", () => {
    const split = splitUrl(typedText(`http://${ref("A")}.test`, true), { host: "H" });
    expect(split.kind === "split" && split.parts.get("host")).toMatchObject({
      text: `${ref("A")}.test`,
      interpolated: false,
    });
  });
});

test("the parts filled in again are the URL", () => {
  const word = fc.stringMatching(/^[a-z0-9%._~-]{1,8}$/);
  const url = fc.record({
    scheme: fc.constant("pg"),
    user: word,
    host: word,
    port: fc.nat(65_535),
    path: word,
    query: word,
  });
  fc.assert(
    fc.property(url, fc.subarray([...URL_PARTS], { minLength: 1 }), (one, parts) => {
      const text = `${one.scheme}://${one.user}@${one.host}:${one.port}/${one.path}?${one.query}`;
      const split = splitUrl(
        typedText(text, false),
        Object.fromEntries(parts.map((part) => [part, ALL[part]])),
      );
      if (split.kind !== "split") throw new Error(split.kind);
      const filled = [...split.parts].reduce(
        (whole, [part, { text: value }]) => whole.replace(ref(ALL[part]!), () => value),
        split.whole.text,
      );
      expect(filled).toBe(text);
      expect([...split.parts.keys()]).toEqual(URL_PARTS.filter((part) => parts.includes(part)));
    }),
  );
});
