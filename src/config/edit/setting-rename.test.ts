/** Renaming one setting in texts of every kind: only its words differ, and there and back nothing does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LayerFormat } from "../../model/layer.ts";
import { renameInLayer, renameInManifest } from "../index.ts";

const THERE = { from: "OLD_NAME", to: "A_NEW_ONE" };
const BACK = { from: THERE.to, to: THERE.from };
const OLD = "$" + "{OLD_NAME}";
const NEW = "$" + "{A_NEW_ONE}";

function rename(format: LayerFormat, text: string, renaming = THERE, dialect = "ringfence") {
  const declaration = { path: "x", format, dialect, optional: false, final: false } as never;
  return renameInLayer({ declaration, path: "x", text }, renaming, [], (name) => name === "SECRET");
}

test.each<[LayerFormat, string, string, string]>([
  [
    "dotenv",
    "ringfence",
    `# OLD_NAME\nexport OLD_NAME='a' # x\r\nB="${OLD}"\n`,
    `# OLD_NAME\nexport A_NEW_ONE='a' # x\r\nB="${NEW}"\n`,
  ],
  [
    "dotenv",
    "ringfence",
    `B='${OLD}'\nC=$${OLD}\nD=${OLD}_x\nE=$OLD_NAME\n`,
    `B='${OLD}'\nC=$${OLD}\nD=${NEW}_x\nE=$OLD_NAME\n`,
  ],
  ["dotenv", "dotenv", "B=$OLD_NAME/x\nC=$OLD_NAMES\n", "B=$A_NEW_ONE/x\nC=$OLD_NAMES\n"],
  ["dotenv", "compose", `B=${OLD}-x\n`, `B=${NEW}-x\n`],
  ["dotenv", "ringfence", `B=\${X:-${OLD}}\n`, `B=\${X:-${NEW}}\n`],
  [
    "yaml",
    "ringfence",
    `# c\nold_name:   'a'  # x\nlist: [ "${OLD}", 1 ]\n`,
    `# c\na_new_one:   'a'  # x\nlist: [ "${NEW}", 1 ]\n`,
  ],
  ["yaml", "ringfence", `SECRET: x${OLD}\nB: $${OLD}\n`, `SECRET: x${OLD}\nB: $${OLD}\n`],
  ["json", "ringfence", `{ "OLD_NAME": 1,\n  "b": "${OLD}" }\n`, `{ "A_NEW_ONE": 1,\n  "b": "${NEW}" }\n`],
])("%s %s %j", (format, dialect, before, after) => {
  expect(rename(format, before, THERE, dialect)).toBe(after);
  expect(rename(format, after, BACK, dialect)).toBe(before);
});

const value = fc.constantFrom("1", "a b", OLD, `x${OLD}y`, `\${B:-${OLD}}`, "'lit'", `"${OLD} # "`);
const line = fc.oneof(
  fc.constantFrom("", "# OLD_NAME is old", "  # more"),
  fc.tuple(fc.constantFrom("B", "C", "D"), value, fc.constantFrom("", "  # why")).map((parts) => parts),
);

test("there and back is byte for byte the same, in dotenv and YAML", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), value, fc.constantFrom("\n", "\r\n"), (lines, own, eol) => {
      for (const [format, sign] of [
        ["dotenv", "="],
        ["yaml", ": "],
      ] as const) {
        const names = new Set<string>();
        const written = lines.flatMap((one) => {
          if (typeof one === "string") return one;
          if (names.has(one[0])) return [];
          names.add(one[0]);
          return `${one[0]}${sign}${one[1]}${one[2]}`;
        });
        const text = [...written, `OLD_NAME${sign}${own.includes("OLD") ? "x" : own}`].join(eol) + eol;
        const there = rename(format, text);
        expect(there).not.toBe(text);
        expect(rename(format, there, BACK)).toBe(text);
      }
    }),
  );
});

describe("the manifest", () => {
  const before = `# OLD_NAME stands here too
project: shop
layers:
  - { path: a.env, final: [OLD_NAME, B] }
settings:
  OLD_NAME: { type: integer }   # kept
  B: { default: "x${OLD}", replacedBy: OLD_NAME, doc: about OLD_NAME }
  C: { in: { local: { default: '${OLD}' } } }
rules:
  - require: OLD_NAME > 1 && x.OLD_NAME == 2
  - { when: 'B == "OLD_NAME"', require: "OLD_NAMES < OLD_NAME" }
expect:
  local: { OLD_NAME: 3 }
byDesign:
  OLD_NAME: it is old
`;

  test("every mention that means the setting is changed, and nothing else", () => {
    const after = renameInManifest("ringfence.yaml", before, THERE);
    expect(after).toBe(`# OLD_NAME stands here too
project: shop
layers:
  - { path: a.env, final: [A_NEW_ONE, B] }
settings:
  A_NEW_ONE: { type: integer }   # kept
  B: { default: "x${NEW}", replacedBy: A_NEW_ONE, doc: about OLD_NAME }
  C: { in: { local: { default: '${NEW}' } } }
rules:
  - require: A_NEW_ONE > 1 && x.OLD_NAME == 2
  - { when: 'B == "OLD_NAME"', require: "OLD_NAMES < A_NEW_ONE" }
expect:
  local: { A_NEW_ONE: 3 }
byDesign:
  A_NEW_ONE: it is old
`);
  });

  test("an expression whose texts have the name too is left to a person", () => {
    const text = "rules:\n  - require: OLD_NAME != 'OLD_NAME'\n";
    expect(renameInManifest("ringfence.yaml", text, THERE)).toBe(text);
  });
});
