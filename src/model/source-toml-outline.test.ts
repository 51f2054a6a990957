import fc from "fast-check";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { allPairs, type TomlPair, tomlStatements } from "./source-toml-outline.ts";

const TEXT = `# "no" = 1
a = 1 # [x]
"b.c" . 'd "e' = "\\" # ]" # comment
text = """
[no]
k = 1 \\"""
""""" # two quotes belong to it
raw = '''x'\\'''
list = [ [1, "]"], # ]
  { z = "}", y = [ ] }, '}', ]
when = 1979-05-27 07:32:00.5-07:00
day = 1979-05-27
dots = { p.q = -1.5e3, "r s" = [true], e = {} }

[ t . "u.v" ]
w = 0x1F
[[l]]
a = inf
[l.m]
n = nan
[[l]]
"\\u00e9" = 1_000
`;

function alone(text: string, { value }: TomlPair): unknown {
  return parse(`x = ${text.slice(value.from, value.to)}`).x;
}

test.each(["\n", "\r\n"])("each value stands where the outline says (lines end with %j)", (eol) => {
  const text = TEXT.replaceAll("\n", eol);
  const data = parse(text);
  const statements = tomlStatements(text);
  const lists = new Map<string, number>();
  const plain: string[] = [];
  for (const one of statements) {
    if (one.kind === "header" && one.isList) lists.set(one.path[0]!, (lists.get(one.path[0]!) ?? -1) + 1);
    const pairs = one.kind === "pair" ? allPairs([one]) : [];
    for (const pair of pairs) {
      let at: unknown = data;
      for (const [index, key] of pair.path.entries()) {
        at = (at as Record<string, unknown>)[key];
        if (index === 0 && Array.isArray(at) && pair.path.length > 1) at = at[lists.get(key)!];
      }
      expect([pair.path, alone(text, pair)]).toEqual([pair.path, at]);
      plain.push(pair.path.join("/"));
    }
  }
  expect(plain).toEqual([
    ...["a", 'b.c/d "e', "text", "raw", "list", "when", "day", "dots", "dots/p/q", "dots/r s", "dots/e"],
    ...["t/u.v/w", "l/a", "l/m/n", "l/é"],
  ]);
});

test("of what is no TOML nothing is promised, but that an end is found", () => {
  const piece = fc.constantFrom(..."[]{}=,.\"'#\n a1".split(""), "[[", '"""', "'''", "\r\n");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      expect(allPairs(tomlStatements(pieces.join(""))).length).toBeLessThan(100);
    }),
  );
});
