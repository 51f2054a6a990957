import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeVectors } from "../../../test/vectors.ts";
import { createIdentity, parseIdentities } from "../age/identities.ts";
import { foreignLeaf, foreignMetadata, refusal } from "../test-support.ts";
import { openSopsFile } from "./file.ts";
import { goFloat, goPlainScalar } from "./go-scalar.ts";

const me = await createIdentity();
const key = randomBytes(32);

function open(text: string, file: string): [string, string][] {
  return openSopsFile(text, file, { identities: [me.identity] }).values.map(({ leaf, text: value }) => [
    leaf.name,
    value,
  ]);
}

describeVectors("files that the real sops wrote", "sops-age", (folder) => {
  const read = (path: string): string => readFileSync(`${folder}/${path}`, "utf8");
  const files = [
    ["algorithms/age.yaml", [["stringData.key", "value"]]],
    ["envs/env.env", [["key", "value"]]],
  ] as const;

  test.each(files)("%s opens and its MAC verifies", (file, values) => {
    const identities = parseIdentities(read("keys/age.txt"), "age.txt");
    const opened = openSopsFile(read(file), file, { identities });
    expect(opened.values.map(({ leaf, text }) => [leaf.name, text])).toEqual(values);
  });

  test.each([
    ["a plain value", "algorithms/age.yaml", "kind: Secret", "kind: Secrets", "SECRETS_MAC_MISMATCH"],
    ["a plain value removed", "algorithms/age.yaml", "apiVersion: v1\n", "", "SECRETS_MAC_MISMATCH"],
    ["an encrypted value", "algorithms/age.yaml", "data:mHe", "data:mHf", "SECRETS_MAC_MISMATCH"],
    ["the name of a value", "algorithms/age.yaml", "  key:", "  kez:", "SECRETS_MAC_MISMATCH"],
    ["the rule", "algorithms/age.yaml", "^(data|stringData)$", "^(data)$", "SECRETS_MAC_MISMATCH"],
    ["lastmodified", "algorithms/age.yaml", "13:33:42Z", "13:33:43Z", "SECRETS_MAC_MISMATCH"],
    ["the MAC", "algorithms/age.yaml", "data:vmrF", "data:vmrG", "SECRETS_MAC_MISMATCH"],
    ["the data key", "algorithms/age.yaml", "LKiZDcq", "LKiZDcr", "SECRETS_MALFORMED"],
    [
      "the MAC's scope",
      "algorithms/age.yaml",
      "  version:",
      "  mac_only_encrypted: true\n  version:",
      "SECRETS_MAC_MISMATCH",
    ],
    ["an encrypted value", "envs/env.env", "data:3PT", "data:3PU", "SECRETS_MAC_MISMATCH"],
    ["the name of a value", "envs/env.env", "key=ENC", "kez=ENC", "SECRETS_MAC_MISMATCH"],
    [
      "a value added",
      "envs/env.env",
      "sops_version",
      "more_unencrypted=1\nsops_version",
      "SECRETS_MAC_MISMATCH",
    ],
    ["lastmodified", "envs/env.env", "13:33:42Z", "13:33:43Z", "SECRETS_MAC_MISMATCH"],
    ["the data key", "envs/env.env", "YWdlLWVuY3", "YWdlLWVuY4", "SECRETS_MALFORMED"],
  ])("changed is refused: %s of %s", (_, file, from, to, code) => {
    const text = read(file);
    expect(text).toContain(from);
    const identities = parseIdentities(read("keys/age.txt"), "age.txt");
    const error = refusal(() => openSopsFile(text.replace(from, to), file, { identities }));
    expect(error).toMatchObject({ code, exit: 12 });
    expect(error.where).toMatch(new RegExp(`^${file}:\\d+:\\d+$`));
    expect(error.fix).toBeTruthy();
  });
});

describe("a file of every type and shape", () => {
  const leaf = (content: string, type: string, path: string): string => foreignLeaf(content, type, key, path);
  const data = {
    text: leaf("täxt\nline", "str", "text:"),
    count: leaf("42", "int", "count:"),
    ratio: leaf("0.000000001", "float", "ratio:"),
    on: leaf("True", "bool", "on:"),
    raw: leaf("bytes", "bytes", "raw:"),
    at: leaf("2026-01-02T03:04:05Z", "time", "at:"),
    empty: "",
    nothing: null,
    deep: { list: [leaf("a", "str", "deep:list:"), { k: leaf("b", "str", "deep:list:k:") }] },
    port_unencrypted: 5432,
  };
  const covered = [
    "täxt\nline",
    "42",
    "0.000000001",
    "True",
    "bytes",
    "2026-01-02T03:04:05Z",
    "a",
    "b",
    "5432",
  ];
  const values = [
    ["text", "täxt\nline"],
    ["count", "42"],
    ["ratio", "0.000000001"],
    ["on", "true"],
    ["raw", "bytes"],
    ["at", "2026-01-02T03:04:05Z"],
    ["empty", ""],
    ["deep.list.0", "a"],
    ["deep.list.1.k", "b"],
  ];

  test("opens as JSON with tabs, as YAML, and by its content", async () => {
    const text = JSON.stringify(
      { ...data, sops: await foreignMetadata(covered, key, me.recipient) },
      null,
      "\t",
    );
    for (const file of ["s.json", "s.yaml", "secrets"]) expect(open(text, file)).toEqual(values);
  });

  test("opens as dotenv", async () => {
    const { age, ...meta } = await foreignMetadata(["täxt\nline", "1", "plain\nvalue"], key, me.recipient);
    const [first] = age;
    const lines = [
      `text=${data.text}`,
      "# a comment",
      "",
      `one=${leaf("1", "int", "one:")}`,
      "x_unencrypted=plain\\nvalue",
      `sops_age__list_0__map_enc=${first!.enc.replaceAll("\n", "\\n")}`,
      `sops_age__list_0__map_recipient=${first!.recipient}`,
      ...Object.entries(meta).map(([name, value]) => `sops_${name}=${value}`),
    ];
    for (const file of ["s.env", ".env.production", "secrets"])
      expect(open(`${lines.join("\n")}\n`, file)).toEqual([
        ["text", "täxt\nline"],
        ["one", "1"],
      ]);
  });

  test.each([
    ["unencrypted_suffix", { unencrypted_suffix: "_plain" }, "a_plain", "b"],
    ["encrypted_suffix", { encrypted_suffix: "_secret" }, "a", "b_secret"],
    ["encrypted_regex", { encrypted_regex: "^b" }, "a", "b"],
    ["unencrypted_regex", { unencrypted_regex: "(?i)^A$" }, "a", "b"],
    ["mac_only_encrypted", { encrypted_regex: "^b", mac_only_encrypted: true }, "a", "b"],
  ])("follows %s", async (_, rules, plain, secret) => {
    const isPartial = "mac_only_encrypted" in rules;
    const sops = await foreignMetadata(
      isPartial ? ["hidden"] : ["shown", "hidden"],
      key,
      me.recipient,
      rules,
    );
    const document = { [plain]: "shown", [secret]: leaf("hidden", "str", `${secret}:`), sops };
    expect(open(JSON.stringify(document), "s.json")).toEqual([[secret, "hidden"]]);
    const changed = JSON.stringify({ ...document, [plain]: "other" });
    if (isPartial) expect(open(changed, "s.json")).toEqual([[secret, "hidden"]]);
    else expect(refusal(() => open(changed, "s.json")).code).toBe("SECRETS_MAC_MISMATCH");
  });

  test("a value under a type that it is not is refused", async () => {
    for (const [content, type] of [
      ["x", "int"],
      ["maybe", "bool"],
      ["", "float"],
      ["x", "comment"],
    ] as const) {
      const sops = await foreignMetadata([content], key, me.recipient);
      const text = JSON.stringify({ a: leaf(content || " ", type, "a:"), sops });
      expect(refusal(() => open(text, "s.json"))).toMatchObject({
        code: "SECRETS_MALFORMED",
        where: "s.json:1:2",
      });
    }
  });
});

describe("files that are not as they should be", async () => {
  const sops = await foreignMetadata(["v"], key, me.recipient);
  const a = foreignLeaf("v", "str", key, "a:");
  const yaml = (top: string, more: object = {}): string =>
    `${top}\nsops: ${JSON.stringify({ ...sops, ...more })}\n`;

  test("the one that the cases are made from opens", () => {
    expect(open(yaml(`a: ${a}`), "s.yaml")).toEqual([["a", "v"]]);
  });

  test.each([
    ["s.yaml", `a: ${a}\n`],
    ["s.json", `{ "a": "${a}" }\n`],
    ["s.env", `A=${a}\n`],
  ])("one whose end is cut off is not to be encrypted, but to be got back: %s", (file, text) => {
    const error = refusal(() => open(text, file));
    expect(error).toMatchObject({ code: "SECRETS_MALFORMED", where: `${file}:1:1` });
    expect(error.fix).toContain(`git restore --source=COMMIT ${file}`);
    expect(refusal(() => open(text.replaceAll("ENC[", ""), file)).fix).toContain("sops encrypt");
  });

  test.each([
    ["no SOPS file", "s.yaml", "a: 1\n", "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["empty", "s.yaml", "", "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["broken YAML", "s.yaml", "a: [\n", "SECRETS_MALFORMED", "s.yaml:2:1"],
    ["broken JSON", "s.json", '{\n "a": 1,}', "SECRETS_MALFORMED", "s.json:2:9"],
    ["a broken dotenv line", "s.env", "A=1\nwords\n", "SECRETS_MALFORMED", "s.env:2:1"],
    ["a dotenv file without metadata", "s.env", "A=1\n", "SECRETS_MALFORMED", "s.env:1:1"],
    ["a key twice", "s.yaml", yaml(`a: ${a}\na: ${a}`), "SECRETS_MALFORMED", "s.yaml:2:1"],
    ["a dotenv key twice", "s.env", "A=1\nA=2\n", "SECRETS_MALFORMED", "s.env:2:1"],
    ["an escape in a name", "s.yaml", yaml(`"a\\e[2J": ${a}`), "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["a line feed in a name", "s.yaml", yaml(`"a\\nB: 1": ${a}`), "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["text turned around in a name", "s.yaml", yaml(`a\u202eb: ${a}`), "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["an escape in a nested name", "s.yaml", yaml(`b:\n  "\\e": ${a}`), "SECRETS_MALFORMED", "s.yaml:2:3"],
    ["an escape in a JSON name", "s.json", '{\n "\\u001b[2J": "1"}', "SECRETS_MALFORMED", "s.json:2:2"],
    ["an escape in a dotenv name", "s.env", "A=1\n\u001b[2J=2\n", "SECRETS_MALFORMED", "s.env:2:1"],
    ["a carriage return in a dotenv name", "s.env", "A=1\nB\rC=1\n", "SECRETS_MALFORMED", "s.env:2:1"],
    [
      "a line feed in a recipient",
      "s.yaml",
      yaml(`a: ${a}`, { age: [{ ...sops.age[0], recipient: `${me.recipient}\n# signed by ada` }] }),
      "SECRETS_MALFORMED",
      "s.yaml:2:",
    ],
    ["two documents", "s.yaml", `${yaml(`a: ${a}`)}---\nb: 1\n`, "SECRETS_UNSUPPORTED", "s.yaml:3:1"],
    ["an alias", "s.yaml", yaml(`a: &x ${a}\nb: *x`), "SECRETS_UNSUPPORTED", "s.yaml:2:4"],
    ["a tag", "s.yaml", yaml("a: !!binary aGk="), "SECRETS_UNSUPPORTED", "s.yaml:1:13"],
    ["a plain value", "s.yaml", yaml(`a: ${a}\nb: hunter2`), "SECRETS_MALFORMED", "s.yaml:2:1"],
    ["a plain number", "s.yaml", yaml("a: 12"), "SECRETS_MALFORMED", "s.yaml:1:1"],
    ["no time", "s.yaml", yaml(`a: ${a}`, { lastmodified: "today" }), "SECRETS_MALFORMED", "s.yaml:2:"],
    [
      "two rules",
      "s.yaml",
      yaml(`a: ${a}`, { encrypted_suffix: "a", encrypted_regex: "a" }),
      "SECRETS_MALFORMED",
      "s.yaml:2:",
    ],
    [
      "a rule by comments",
      "s.yaml",
      yaml(`a: ${a}`, { encrypted_comment_regex: "a" }),
      "SECRETS_UNSUPPORTED",
      "s.yaml:2:",
    ],
    [
      "a pattern not known here",
      "s.yaml",
      yaml(`a: ${a}`, { encrypted_regex: "(?P<n>a)" }),
      "SECRETS_UNSUPPORTED",
      "s.yaml:2:",
    ],
    [
      "PGP only",
      "s.yaml",
      yaml(`a: ${a}`, { age: [], pgp: [{ fp: "x", enc: "y" }] }),
      "SECRETS_UNSUPPORTED",
      "s.yaml:2:",
    ],
    [
      "a key group of nobody",
      "s.yaml",
      yaml(`a: ${a}`, { age: null, key_groups: [{ age: [] }] }),
      "SECRETS_MALFORMED",
      "s.yaml:2:",
    ],
    ["nobody to open it", "s.yaml", yaml(`a: ${a}`, { age: [] }), "SECRETS_MALFORMED", "s.yaml:2:"],
    ["no MAC", "s.yaml", yaml(`a: ${a}`, { mac: "" }), "SECRETS_MAC_MISSING", "s.yaml:2:"],
    [
      "broken armor",
      "s.yaml",
      yaml(`a: ${a}`, { age: [{ recipient: me.recipient, enc: "x" }] }),
      "SECRETS_MALFORMED",
      "s.yaml:2:",
    ],
  ])("%s", (_, file, text, code, where) => {
    const error = refusal(() => open(text, file));
    expect(error).toMatchObject({ code, exit: 12 });
    expect(error.where?.startsWith(where), error.where).toBe(true);
    expect(error.fix).toBeTruthy();
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test("what opens it other than age is named", () => {
    const others = { age: null, pgp: [{ fp: "x", enc: "e" }], hc_vault: [{ key_name: "y", enc: "e" }] };
    const error = refusal(() => open(yaml("a: 1", others), "s"));
    expect(error.message).toContain("HashiCorp Vault, PGP");
  });
});

describe("plain scalars as sops reads them", () => {
  test.each([
    ["true", "True"],
    ["False", "False"],
    ["yes", "yes"],
    ["42", "42"],
    ["+7", "7"],
    ["-0", "0"],
    ["0x1F", "31"],
    ["0o17", "15"],
    ["017", "15"],
    ["0b11", "3"],
    ["1_000", "1000"],
    ["9223372036854775807", "9223372036854775807"],
    ["1.50", "1.5"],
    ["1e3", "1000"],
    ["1.5e-7", "0.00000015"],
    ["1e21", "1000000000000000000000"],
    [".inf", "+Inf"],
    ["2024-11-12", "2024-11-12T00:00:00Z"],
    ["2024-11-12 13:33:42.500 +02:00", "2024-11-12T13:33:42.5+02:00"],
    ["1.2.3", "1.2.3"],
    ["~", undefined],
    ["", undefined],
  ])("%s", (source, expected) => {
    expect(goPlainScalar(source)).toBe(expected);
  });

  test.each([
    [0.1, "0.1"],
    [123456789012345680000, "123456789012345680000"],
    [1.7976931348623157e308, `17976931348623157${"0".repeat(292)}`],
    [5e-324, `0.${"0".repeat(323)}5`],
    [-2.5e-8, "-0.000000025"],
  ])("float %d", (value, text) => {
    expect(goFloat(value)).toBe(text);
    expect(Number(text)).toBe(value);
  });
});
