/** Values as they are written in layers of every format, as tables: what was meant must be read back. */
import { expect, test } from "vitest";
import { DOTENV_DIALECTS, type DotenvDialect, type LayerFormat } from "../../model/layer.ts";
import { readManifest } from "../../model/manifest.ts";
import { editLayer, entryIn, typedText } from "../index.ts";
import { resolved } from "../test-scene.ts";

const SETTINGS = `project: shop
environments: { local: }
settings:
  COUNT: { type: integer }
  RATE: { type: number }
  FLAG: { type: boolean }
  NAMES: { type: list }
  SHAPE: { type: object }
  NAME: {}
`;
const { settings } = readManifest(SETTINGS, { root: "/p", file: "ringfence.yaml" }).project!;

function layer(format: LayerFormat, dialect: DotenvDialect = "ringfence") {
  return {
    path: "x",
    format,
    dialect,
    optional: false,
    final: false,
    only: undefined,
    program: undefined,
    place: { file: "ringfence.yaml", line: 1, column: 1 },
  } as const;
}

const A = "$" + "{A}";

function set(name: string, value: string, text: string | undefined, how = layer("yaml"), literal = false) {
  const edits = [{ kind: "set", name, written: typedText(value, literal) }] as const;
  return editLayer(how, how.path, text, edits, settings);
}

test.each([
  ["COUNT", "20", "COUNT: 20"],
  ["COUNT", "020", 'COUNT: "020"'],
  ["COUNT", "none", "COUNT: none"],
  ["RATE", "1.50", 'RATE: "1.50"'],
  ["RATE", "1.5", "RATE: 1.5"],
  ["FLAG", "true", "FLAG: true"],
  ["FLAG", "on", 'FLAG: "on"'],
  ["NAMES", "a,b", "NAMES: [a, b]"],
  ["NAME", "20", 'NAME: "20"'],
  ["NAME", "true", 'NAME: "true"'],
  ["OTHER", "20", 'OTHER: "20"'],
  ["NUMBER", "20", "NUMBER: 20"],
  ["YES", "false", "YES: false"],
  ["LIST", "[3]", "LIST: [3]"],
])("%s=%s in YAML is %s", (name, value, line) => {
  const present =
    "NUMBER: 1\nYES: true\nLIST: [1]\nCOUNT: 1\nRATE: 1\nFLAG: no\nNAMES: [x]\nNAME: x\nOTHER: x\n";
  expect(set(name, value, present).split("\n")).toContain(line);
});

const dialects = DOTENV_DIALECTS.map((dialect) => layer("dotenv", dialect));
const readable = [layer("yaml"), layer("json"), ...dialects];
const hard = ["", " x ", "a b", "#", "it's", '"', "a\nb", "$", "$A", "\\", A, `$${A}`, "\\n", "=", "é"];

test.each(readable)("$format $dialect: a literal value has no references, whatever it looks like", (how) => {
  const { format, dialect } = how;
  const layers = `[{ path: x, format: ${format}${format === "dotenv" ? `, dialect: ${dialect}` : ""} }]`;
  for (const value of hard) {
    const text = set("NAME", value, undefined, how, true);
    const resolution = resolved({ settings: "NAME: {}\nA: { default: no }", layers, files: { x: text } });
    expect([text, resolution.settings.get("NAME")?.text]).toEqual([text, value]);
    const written = entryIn({ declaration: how, path: "x", text }, "NAME", settings)!;
    expect(editLayer(how, "x", text, [{ kind: "set", name: "NAME", written }], settings)).toBe(text);
    for (const to of readable) {
      const copy = editLayer(to, "x", undefined, [{ kind: "set", name: "NAME", written }], settings);
      expect(copy).toBe(set("NAME", value, undefined, to, true));
    }
  }
});

test("a layer carries a reference to every format that has references", () => {
  for (const from of readable) {
    if (from.dialect === "node") continue;
    const text = set("NAME", `http://${A}/x`, undefined, from);
    const written = entryIn({ declaration: from, path: "x", text }, "NAME", settings)!;
    for (const to of readable) {
      const copy = () => editLayer(to, "x", undefined, [{ kind: "set", name: "NAME", written }], settings);
      if (to.dialect === "node") expect(copy).toThrow(expect.objectContaining({ code: "CONFIG_UNEDITABLE" }));
      else expect(copy()).toContain(`http://${A}/x`);
    }
  }
});

test("what is not there is not removed or renamed", () => {
  for (const how of readable) {
    const text = set("NAME", "x", undefined, how);
    expect(editLayer(how, "x", text, [{ kind: "remove", name: "NONE" }], settings)).toBe(text);
    expect(editLayer(how, "x", text, [{ kind: "rename", name: "NONE", to: "B" }], settings)).toBe(text);
  }
});
