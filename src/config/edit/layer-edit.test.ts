import { describe, expect, test } from "vitest";
import type { SettingValue } from "../../model/setting.ts";
import { type EditableLayer, editTreeLayer, type SettingEdit } from "./layer-edit.ts";

type Format = EditableLayer["format"];
type Row = readonly [name: string, text: string, edit: SettingEdit, expected: string];

const set = (name: string, value: SettingValue): SettingEdit => ({ kind: "set", name, value });
const remove = (name: string): SettingEdit => ({ kind: "remove", name });
const rename = (name: string, to: string): SettingEdit => ({ kind: "rename", name, to });

function edited(format: Format, text: string, ...edits: SettingEdit[]): string {
  return editTreeLayer({ format, text, file: `base.${format}` }, edits);
}

const yaml: readonly Row[] = [
  [
    "a nested key of any case",
    "db:\n  poolMax: 1 # few\nx: 1\n",
    set("DB_POOL_MAX", 2),
    "db:\n  poolMax: 2 # few\nx: 1\n",
  ],
  ["the same value", "a:   1.0\n", set("A", 1), "a:   1\n"],
  ["a text that looks like a number", "version: 1.10\n", set("VERSION", "1.10"), 'version: "1.10"\n'],
  ["a text of several lines", "a: x\n", set("A", "one\ntwo\n"), 'a: "one\\ntwo\\n"\n'],
  ["null", "a: x\n", set("A", null), "a: null\n"],
  ["a list for a list", "a: [x, y] # z\n", set("A", ["q", 1, true]), "a: [q, 1, true] # z\n"],
  [
    "a new key under a map",
    "db:\n  host: x\na: 1\n",
    set("DB_POOL_MAX", 2),
    "db:\n  host: x\n  pool_max: 2\na: 1\n",
  ],
  [
    "a new key in camel case",
    "db:\n  poolMin: 1\n",
    set("DB_POOL_MAX", 2),
    "db:\n  poolMin: 1\n  poolMax: 2\n",
  ],
  [
    "a new key in kebab case",
    "db:\n  pool-min: 1\n",
    set("DB_POOL_MAX", 2),
    "db:\n  pool-min: 1\n  pool-max: 2\n",
  ],
  ["a new key in upper case", "DB_HOST: x\n", set("DB_POOL_MAX", 2), "DB_HOST: x\nDB_POOL_MAX: 2\n"],
  [
    "a new key in the case of the file",
    "db:\n  host: x\nlogLevel: 1\n",
    set("DB_MAX_AGE", 2),
    "db:\n  host: x\n  maxAge: 2\nlogLevel: 1\n",
  ],
  ["a new key that camel case can't make", "aB: 1\n", set("POOL_2", 2), "aB: 1\npool_2: 2\n"],
  [
    "the map with the longest beginning",
    "a:\n  b:\n    c: 1\n",
    set("A_B_D", 2),
    "a:\n  b:\n    c: 1\n    d: 2\n",
  ],
  ["beside a map of that name", "log:\n  level: 1\n", set("LOG", "x"), "log:\n  level: 1\nLOG: x\n"],
  [
    "an object key by key",
    "a:\n  # one\n  x: 1\n  y: 2 # two\n",
    set("A", { x: 1, z: 3 }),
    "a:\n  # one\n  x: 1\n  z: 3\n",
  ],
  ["in an empty text", "", set("DB_HOST", "x"), "db_host: x\n"],
  ["in a text of comments", "# none\n", set("DB_HOST", "x"), "# none\ndb_host: x\n"],
  ["in a flow map", "db: { host: x }\n", set("DB_PORT", 1), "db: { host: x, port: 1 }\n"],
  ["removed with its comments", "a: 1\n\n# two\n# lines\nb: 2 # b\n\nc: 3\n", remove("B"), "a: 1\n\nc: 3\n"],
  ["removed, and the comment of the file stays", "# all\na: 1\nb: 2\n", remove("A"), "# all\nb: 2\n"],
  [
    "removed, and other comments stay",
    "a: 1\n# apart\n\n  # deeper\nb: 2\n# end\n",
    remove("B"),
    "a: 1\n# apart\n\n  # deeper\n# end\n",
  ],
  [
    "removed with the map that it leaves empty",
    "x: 1\n# db\ndb:\n  # host\n  host: x\n",
    remove("DB_HOST"),
    "x: 1\n",
  ],
  ["removed, the last one", "a: 1\n", remove("A"), ""],
  ["removed without a last line feed", "a: 1\nb: 2", remove("B"), "a: 1"],
  ["removed, a block of text", "a: |+\n  x\n\nb: 1\n", remove("A"), "b: 1\n"],
  ["removed behind a block of text", "a: |+\n  x\n\nb: 1\n", remove("B"), "a: |+\n  x\n\n"],
  ["removed from a flow map", "a: { x: 1, y: 2, z: 3 }\n", remove("A_Y"), "a: { x: 1, z: 3 }\n"],
  ["removed at the end of a flow map", "a: { x: 1, y: 2 }\n", remove("A_Y"), "a: { x: 1 }\n"],
  [
    "removed from a flow map of lines",
    "a: {\n  x: 1, # x\n  y: 2 # y\n}\n",
    remove("A_Y"),
    "a: {\n  x: 1 # x\n}\n",
  ],
  ["removed, not there", "a: 1\n", remove("B"), "a: 1\n"],
  ["removed, a list", "a:\n  - 1\n  - 2 # two\nb: 1\n", remove("A"), "b: 1\n"],
  [
    "renamed in place",
    "db:\n  # how many\n  poolMin: 1.10 # few\n  b: 1\n",
    rename("DB_POOL_MIN", "DB_POOL_MAX"),
    "db:\n  # how many\n  poolMax: 1.10 # few\n  b: 1\n",
  ],
  [
    "renamed into another map",
    "db:\n  v: 1.10\n  w: 1\nlog:\n  x: 1\n",
    rename("DB_V", "LOG_V"),
    "db:\n  w: 1\nlog:\n  x: 1\n  v: 1.10\n",
  ],
  ["renamed to the top", "db:\n  v: [1, x]\n\nlog: 1\n", rename("DB_V", "W"), "log: 1\n\nw:\n  - 1\n  - x\n"],
  ["through a byte order mark", "\ufeffa: 1\n", set("A", 2), "\ufeffa: 2\n"],
  ["with line ends of Windows", "a: 1\r\n# b\r\nb: 2\r\nc: 3\r\n", remove("B"), "a: 1\r\nc: 3\r\n"],
  ["renamed, a number with a tag", "x:\n  b: !!str 12\n", rename("X_B", "D"), 'd: "12"\n'],
  ["a key that is a number", "x:\n  0x10: a\n", set("X_0X10", 1), "x:\n  0x10: 1\n"],
  ["behind a document mark", "---\na: 1\n...\n", set("B", 1), "---\na: 1\nb: 1\n...\n"],
  [
    "removed, and a comment in braces stays",
    "a: { x: 1, # x\n  y: 2 }\n",
    remove("A_Y"),
    "a: { x: 1 # x\n   }\n",
  ],
];

const json: readonly Row[] = [
  [
    "a value",
    '{\n    "db": { "poolMax": 1 }\n}',
    set("DB_POOL_MAX", "x"),
    '{\n    "db": { "poolMax": "x" }\n}',
  ],
  [
    "a new key on a line",
    '{\n\t"db": {\n\t\t"host": "x"\n\t}\n}\n',
    set("DB_PORT", 1),
    '{\n\t"db": {\n\t\t"host": "x",\n\t\t"port": 1\n\t}\n}\n',
  ],
  ["a new key in one line", '{ "a": 1 }\n', set("B", [1, "x"]), '{ "a": 1, "b": [1, "x"] }\n'],
  ["a new key in a tight text", '{"a":1}', set("B", { x: [1, 2] }), '{"a":1,"b":{"x":[1,2]}}'],
  [
    "an object on lines",
    '{\n  "a": 1\n}\n',
    set("B", { x: [1, 2] }),
    '{\n  "a": 1,\n  "b": {\n    "x": [1, 2]\n  }\n}\n',
  ],
  [
    "a list on lines stays so",
    '{\n  "a": [\n    1\n  ]\n}\n',
    set("A", [1, 2]),
    '{\n  "a": [\n    1,\n    2\n  ]\n}\n',
  ],
  ["in an empty text", "", set("A", 1), '{\n  "a": 1\n}\n'],
  ["in an empty map", "{}\n", set("A", 1), '{\n  "a": 1\n}\n'],
  ["in an empty map of a map", '{\n  "db": {}\n}\n', set("DB_A", 1), '{\n  "db": {\n    "a": 1\n  }\n}\n'],
  [
    "removed",
    '{\n  "a": 1,\n  "b": {\n    "c": 1\n  },\n  "d": 1\n}\n',
    remove("B_C"),
    '{\n  "a": 1,\n  "d": 1\n}\n',
  ],
  ["removed, the first", '{\n  "a": 1,\n  "d": 1\n}\n', remove("A"), '{\n  "d": 1\n}\n'],
  ["removed, the last", '{\r\n  "a": 1,\r\n  "d": 1\r\n}\r\n', remove("D"), '{\r\n  "a": 1\r\n}\r\n'],
  ["removed, the only one", '{\n  "a": 1\n}\n', remove("A"), "{}\n"],
  ["removed from one line", '{"a":1,"b":2,"c":"}"}', remove("B"), '{"a":1,"c":"}"}'],
  ["renamed", '{"a_b": "x"}', rename("A_B", "A_C"), '{"a_c": "x"}'],
  [
    "renamed into a map",
    '{\n  "v": 1.10,\n  "db": {\n    "x": 1\n  }\n}\n',
    rename("V", "DB_V"),
    '{\n  "db": {\n    "x": 1,\n    "v": 1.10\n  }\n}\n',
  ],
  ["through a byte order mark", '\ufeff{"a":1}', set("A", 2), '\ufeff{"a":2}'],
  ["in an empty map on the line", '{"a": {}}', set("A_B", 1), '{"a": { "b": 1 }}'],
];

const toml: readonly Row[] = [
  [
    "a value",
    "# all\na = 1 # one\n[db]\nport = 1 # two\n",
    set("DB_PORT", 2),
    "# all\na = 1 # one\n[db]\nport = 2 # two\n",
  ],
  ["a number for a text", 'a = """\nx\n"""  # y\n', set("A", 1.5), "a = 1.5  # y\n"],
  ["a text like a number", "v = 1.10\n", set("V", "1.10"), 'v = "1.10"\n'],
  ["a list", 'a = [ # x\n  1, "]",\n] # y\n', set("A", [1, "x"]), 'a = [1, "x"] # y\n'],
  [
    "a new key in its table",
    "[db]\nport = 1\n\n[log]\nx = 1\n",
    set("DB_HOST", "h"),
    '[db]\nport = 1\nhost = "h"\n\n[log]\nx = 1\n',
  ],
  [
    "a new key in an empty table",
    "[db]\n# none\n[log]\n",
    set("DB_HOST", true),
    "[db]\nhost = true\n# none\n[log]\n",
  ],
  [
    "a new key in a table in braces",
    "db = { port = 1 }\n",
    set("DB_HOST", "h"),
    'db = { port = 1, host = "h" }\n',
  ],
  ["a new dotted key", "db.port=1\nx = 1\n", set("DB_HOST", 2), "db.port=1\ndb.host=2\nx = 1\n"],
  [
    "a table that only has tables",
    "a = 1\n\n# pool\n[db.pool]\nx = 1\n",
    set("DB_HOST", 2),
    "a = 1\n\n[db]\nhost = 2\n\n# pool\n[db.pool]\nx = 1\n",
  ],
  ["a new key at the top", "a = 1\n\n[db]\nx = 1\n", set("B", 2), "a = 1\nb = 2\n\n[db]\nx = 1\n"],
  [
    "a new key above all tables",
    "# all\n\n# db\n[db]\nx = 1\n",
    set("B", 2),
    "# all\n\nb = 2\n\n# db\n[db]\nx = 1\n",
  ],
  [
    "a new key not into a list of tables",
    "a = 1\n\n[[l]]\nx = 1\n",
    set("X", 2),
    "a = 1\nx = 2\n\n[[l]]\nx = 1\n",
  ],
  ["in an empty text", "", set("A", "x"), 'a = "x"\n'],
  ["in a text of comments", "# none", set("A", "x"), '# none\na = "x"\n'],
  ["removed with its comments", "a = 1\n# b\nb = 2 # b\nc = 3\n", remove("B"), "a = 1\nc = 3\n"],
  [
    "removed with its table",
    "a = 1\n\n# db\n[db]\nx = 1\n\n[e]\ny = 1\n",
    remove("DB_X"),
    "a = 1\n\n[e]\ny = 1\n",
  ],
  ["removed from a table in braces", "db = { x = 1, y = [1, 2] }\n", remove("DB_Y"), "db = { x = 1 }\n"],
  ["removed, a list of tables", "a = 1\n\n[[l]]\nx = 1\n\n[[l]]\nx = 2\n", remove("L"), "a = 1\n"],
  [
    "renamed in its table",
    "[db]\n# p\nport-no = 0x1F # n\n",
    rename("DB_PORT_NO", "DB_THE_PORT"),
    "[db]\n# p\nthe-port = 0x1F # n\n",
  ],
  [
    "renamed into another table",
    "[db]\nd = 1979-05-27\ne = 1\n[log]\nx = 1\n",
    rename("DB_D", "LOG_D"),
    "[db]\ne = 1\n[log]\nx = 1\nd = 1979-05-27\n",
  ],
  [
    "a dotted key renamed",
    "db.pool.max = 1\ndb.pool.x = 1\n",
    rename("DB_POOL_MAX", "DB_POOL_MIN"),
    "db.pool.min = 1\ndb.pool.x = 1\n",
  ],
  [
    "with line ends of Windows",
    "\ufeffa = 1\r\n[db]\r\nx = 1\r\n",
    set("DB_Y", 2),
    "\ufeffa = 1\r\n[db]\r\nx = 1\r\ny = 2\r\n",
  ],
  ["without a last line feed", "a = 1\nb = 2", remove("B"), "a = 1"],
  ["removed, a dotted key in braces", "x = { a.b = 1, c = 2 }\n", remove("X_A_B"), "x = { c = 2 }\n"],
  [
    "renamed, a date with a time",
    "d = 1979-05-27 07:32:00Z # d\n",
    rename("D", "E"),
    "e = 1979-05-27 07:32:00Z # d\n",
  ],
  ["renamed, as it is written", "a = 1_000\n[t]\nx=1\n", rename("A", "T_A"), "[t]\nx=1\na=1_000\n"],
];

const tfvars: readonly Row[] = [
  [
    "a value",
    'a    = 1 # one\nname = "x" // two\n',
    set("A", ["$", "{b}"].join("")),
    'a    = "$${b}" # one\nname = "x" // two\n',
  ],
  ["a heredoc", "a = <<-EOT\n    one\n      two\n  EOT\nb = 1\n", set("A", "x\ny"), 'a = "x\\ny"\nb = 1\n'],
  [
    "a new name",
    "# all\ndb_host = 1\n",
    set("DB_PORT", [1, "x"]),
    '# all\ndb_host = 1\ndb_port = [1, "x"]\n',
  ],
  [
    "a new name is never nested",
    "db = { host = 1 }\n",
    set("DB_PORT", 1),
    "db = { host = 1 }\ndb_port = 1\n",
  ],
  ["behind a heredoc", "a = <<E\nx\nE\n", set("B", 1), "a = <<E\nx\nE\nb = 1\n"],
  [
    "in an object",
    "db = {\n  host = 1 # h\n  port : 2\n}\n",
    set("DB_PORT", 3),
    "db = {\n  host = 1 # h\n  port : 3\n}\n",
  ],
  [
    "an object, key by key",
    "db = {\n  host = 1 # h\n  port = 2\n}\n",
    set("DB", { host: 1, user: "x" }),
    'db = {\n  host = 1 # h\n  user = "x"\n}\n',
  ],
  ["in an empty text", "", set("A_B", null), "a_b = null\n"],
  ["removed", "a = 1\n\n// b\nb = <<E\nb = 1\nE\n\nc = 1\n", remove("B"), "a = 1\n\nc = 1\n"],
  [
    "removed from an object",
    'db = {\n  host = 1,\n  "port" = 2,\n}\n',
    remove("DB_PORT"),
    "db = {\n  host = 1,\n}\n",
  ],
  [
    "renamed, not aligned again",
    "a   = 1.10 # x\nfoo = 2\n",
    rename("A", "LONGER"),
    "longer   = 1.10 # x\nfoo = 2\n",
  ],
  ["renamed in its object", "db = { host = 1 }\n", rename("DB_HOST", "DB_PORT"), "db = { port = 1 }\n"],
  [
    "with line ends of Windows",
    "a = <<E\r\nx\r\nE\r\nb = 1\r\n",
    set("C", 1),
    "a = <<E\r\nx\r\nE\r\nb = 1\r\nc = 1\r\n",
  ],
  ["without a last line feed", "a = 1\nb = 2", remove("B"), "a = 1"],
];

describe.each<[Format, readonly Row[]]>([
  ["yaml", yaml],
  ["json", json],
  ["toml", toml],
  ["tfvars", tfvars],
])("%s", (format, rows) => {
  test.each(rows)("%s", (_name, text, edit, expected) => {
    expect(edited(format, text, edit)).toBe(expected);
  });
});

describe("refused, at its place", () => {
  test.each<[Format, text: string, edit: SettingEdit, where: string]>([
    ["yaml", "a: 1\nb: 1\nb: 2\n", set("A", 2), "base.yaml:3:1"],
    ["yaml", "a:\n  bC: 1\na_b_c: 2\n", set("A_B_C", 2), "base.yaml:3:1"],
    ["yaml", "a: [1\n", set("A", 2), "base.yaml:2:1"],
    ["yaml", "- a\n", set("A", 2), "base.yaml:1:1"],
    ["yaml", "x: 1\na: &x [1]\nb: *x\n", set("A", 2), "base.yaml:2:1"],
    ["yaml", "x: 1\na: &x [1]\nb: *x\n", remove("A"), "base.yaml:2:1"],
    ["yaml", "x: 1\na: &x { y: 1, z: 2 }\nb: *x\n", remove("B_Y"), "base.yaml:2:9"],
    ["yaml", "a: 1\nb: 2\n", rename("A", "B"), "base.yaml:1:1"],
    ["yaml", "a: 1\n", rename("A", "1B"), "base.yaml:1:1"],
    ["yaml", "a: 1\n", set("lower", 1), "base.yaml:1:1"],
    ["yaml", "a: 1\n", set("A", "\u0000"), "base.yaml:1:1"],
    ["yaml", "a: 1\n", set("A", [Number.NaN]), "base.yaml:1:1"],
    ["yaml", "a:\n  b: 1\nA: 2\n", set("A", { b: 2 }), "base.yaml:3:1"],
    ["json", '{"a": 1, "a": 2}', set("A", 2), "base.json:1:10"],
    ["json", '{"a": 1,}', set("A", 2), "base.json:1:9"],
    ["toml", "a = 1\na = 2\n", set("A", 2), "base.toml:2:1"],
    ["toml", "a = 1\n", set("A", null), "base.toml:1:1"],
    ["toml", "a = 1\n", set("B", [{ x: null }]), "base.toml:1:1"],
    ["toml", "x = 1\n[[l]]\na = 1\n", set("L", [1]), "base.toml:2:3"],
    ["tfvars", "a = 1\na = 2\n", set("A", 2), "base.tfvars:2:1"],
    ["tfvars", "b {\n}\n", set("A", 2), "base.tfvars:1:3"],
    ["tfvars", "a = var.x\n", set("A", 2), "base.tfvars:1:5"],
    ["tfvars", "a = 1 b = 2\n", set("A", 2), "base.tfvars:1:7"],
    ["tfvars", "a = <<E\nx\n", set("A", 2), "base.tfvars:1:5"],
    ["tfvars", 'a = { "b" = [1, {}] "c" = 2 }\n', set("A", 2), "base.tfvars:1:21"],
  ])("%s %j %j", (format, text, edit, where) => {
    expect(() => edited(format, text, edit)).toThrow(
      expect.objectContaining({ code: "CONFIG_UNEDITABLE", where }),
    );
  });

  test("the message never quotes the value", () => {
    const secret = "hunter2hunter2";
    for (const text of [`a: &x ${secret}\nb: *x\n`, `a: "${secret}`]) {
      try {
        edited("yaml", text, set("A", secret));
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify(error) + String(error)).not.toContain(secret);
      }
    }
  });
});

test("edits follow one another; one of them refused, none is done", () => {
  expect(edited("yaml", "a: 1\n", set("DB_HOST", "x"), rename("A", "B"), remove("DB_HOST"))).toBe("b: 1\n");
  expect(() => edited("yaml", "a: 1\n", set("B", 1), set("b", 1))).toThrow();
});

test("the map of a declared object is one value, whatever its keys", () => {
  const layer: EditableLayer = {
    format: "yaml",
    file: "a.yaml",
    text: "flags:\n  a-b: 1\n  'c$': 2\n",
    isObject: (name) => name === "FLAGS",
  };
  expect(editTreeLayer(layer, [set("FLAGS_A_B", 3)])).toBe("flags:\n  a-b: 1\n  'c$': 2\nflags_a_b: 3\n");
  expect(editTreeLayer(layer, [rename("FLAGS", "SWITCHES")])).toBe("switches:\n  a-b: 1\n  'c$': 2\n");
  expect(editTreeLayer(layer, [remove("FLAGS")])).toBe("");
});
