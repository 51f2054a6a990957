import { describe, expect, test } from "vitest";
import { assertRuleAgrees, creationRuleFor, creationRules } from "./index.ts";
import { me, other } from "./sample.ts";
import { refusal } from "./test-support.ts";

const FILE = ".sops.yaml";
const [ONE, TWO] = [me.recipient, other.recipient];
const TEXT = `keys:
  - &one ${ONE}
  - &two ${TWO}
stores: { yaml: { indent: 2 } }
creation_rules:
  - path_regex: (?i)^SECRETS/production\\.
    key_groups:
      - age: [*one, *two]
        pgp: [85D77543B3D624B63CEA9E6DBC17301B491B3F21]
        merge:
          - kms: [{ arn: "arn:aws:kms:eu-central-1:1:key/a", role: r, context: { App: shop } }]
      - gcp_kms: [{ resource_id: projects/p }]
        azure_keyvault: [{ vaultUrl: "https://v", key: k, version: "1" }]
        hc_vault: ["https://vault/v1/sops/keys/k"]
      - age: ["${ONE}, ${TWO}"]
    shamir_threshold: 2
  - path_regex: \\.json$
    kms: arn:aws:kms:eu-central-1:1:key/a, arn:aws:kms:eu-central-1:1:key/b
    age:
      - *one
    encrypted_regex: ^(data|password)$
  - path_regex: ^secrets/staging
    age: >-
      ${ONE},
      ${TWO}
    unencrypted_suffix: _unencrypted
  - path_regex: ^plugins/
    plugins: [{ binary_name: x }]
    age: ${ONE}
  - age: ${ONE}
`;
const rules = creationRules(TEXT, FILE);
const ruleFor = (path: string) => creationRuleFor(rules, path)!;
const place = { file: "ringfence.yaml", line: 7, column: 5 };

describe(".sops.yaml", () => {
  test.each([
    ["secrets/production.yaml", 6],
    ["other/secrets/production.yaml", 30],
    ["a.json", 17],
    ["secrets/staging.yaml", 22],
    ["secrets/development.yaml", 30],
  ])("the rule for %s is the first that matches", (path, line) => {
    expect(ruleFor(path).place).toEqual({ file: FILE, line, column: 5 });
  });

  test("groups, anchors, merged groups and every kind of key are understood", () => {
    const { groups, threshold, encryption } = ruleFor("secrets/production.yaml");
    expect(groups.map((group) => group.map(({ service, name }) => `${service} ${name}`))).toEqual([
      [
        `age ${ONE}`,
        `age ${TWO}`,
        "pgp 85D77543B3D624B63CEA9E6DBC17301B491B3F21",
        "kms arn:aws:kms:eu-central-1:1:key/a+r",
      ],
      ["gcp_kms projects/p", "azure_kv https://v/k/1", "hc_vault https://vault/v1/sops/keys/k"],
      [`age ${ONE}`, `age ${TWO}`],
    ]);
    expect({ threshold, encryption }).toEqual({ threshold: 2, encryption: undefined });
  });

  test("lists of keys are divided by commas", () => {
    const { groups, encryption } = ruleFor("a.json");
    expect(groups).toEqual([
      [
        { service: "kms", name: "arn:aws:kms:eu-central-1:1:key/a" },
        { service: "kms", name: "arn:aws:kms:eu-central-1:1:key/b" },
        { service: "age", name: ONE },
      ],
    ]);
    expect(encryption).toEqual({ rule: "encrypted_regex", pattern: "^(data|password)$" });
  });

  test.each([
    ["secrets/staging.yaml", [TWO, ONE]],
    ["secrets/development.yaml", [ONE]],
  ])("agrees about %s", (file, recipients) => {
    expect(() => assertRuleAgrees(ruleFor(file), { file, recipients, place })).not.toThrow();
  });

  test.each([
    ["one recipient too few", "secrets/staging.yaml", [ONE], TWO],
    ["one recipient too many", "secrets/development.yaml", [ONE, TWO], TWO],
    ["keys of others", "a.json", [ONE], "encrypted_regex"],
    ["key groups", "secrets/production.yaml", [ONE, TWO], "key groups"],
    ["what is not known here", "plugins/x.yaml", [ONE], "plugins"],
  ])("disagrees, and both places are named: %s", (_, file, recipients, part) => {
    const rule = ruleFor(file);
    const error = refusal(() => assertRuleAgrees(rule, { file, recipients, place }));
    expect(error).toMatchObject({
      code: "SECRETS_RULES_DISAGREE",
      where: `${FILE}:${rule.place.line}:5`,
      exit: 12,
    });
    expect(error.why).toContain(part);
    expect(error.why).toContain("ringfence.yaml:7:5");
  });

  test("without rules has none", () => {
    for (const text of ["", "stores: {}\n", "creation_rules:\n", "words\n"])
      expect(creationRules(text, FILE)).toEqual([]);
    expect(creationRuleFor([], "a")).toBeUndefined();
  });

  test.each([
    ["broken YAML", "creation_rules: [\n", "2:1"],
    ["a rule that is none", "creation_rules: [words]\n", "1:18"],
    ["keys that are no text", "creation_rules:\n  - age: { a: b }\n", "2:5"],
    ["a key without its name", "creation_rules:\n  - key_groups: [{ kms: [{ role: r }] }]\n", "2:5"],
    ["two rules of encryption", "creation_rules:\n  - encrypted_suffix: a\n    encrypted_regex: b\n", "2:5"],
  ])("malformed: %s", (_, text, where) => {
    expect(refusal(() => creationRules(text, FILE))).toMatchObject({
      code: "SECRETS_MALFORMED",
      where: `${FILE}:${where}`,
    });
  });

  test("with a pattern of Go's that can't be read here is refused, not passed over", () => {
    const some = creationRules("creation_rules:\n  - path_regex: (?P<n>a)\n    age: x\n", FILE);
    expect(refusal(() => creationRuleFor(some, "b"))).toMatchObject({ code: "SECRETS_UNSUPPORTED" });
  });
});

test.each([
  ["kms: arn:aws:kms:eu-central-1:1:key/a+arn:aws:iam::1:role/r"],
  ["key_groups: [{ kms: [{ arn: 'arn:aws:kms:eu-central-1:1:key/a', role: 'arn:aws:iam::1:role/r' }] }]"],
])("a role of AWS counts, however the rule writes it: %s", (line) => {
  const [rule] = creationRules(`creation_rules:\n  - ${line}\n`, FILE);
  const place = { file: "ringfence.yaml", line: 1, column: 1 };
  const agrees = (key: string) => () =>
    assertRuleAgrees(rule!, { file: "secrets/a.yaml", recipients: [], keys: [key], place });
  const arn = "kms:arn:aws:kms:eu-central-1:1:key/a";
  expect(agrees(`${arn}+arn:aws:iam::1:role/r`)).not.toThrow();
  expect(agrees(`${arn}+arn:aws:iam::1:role/r|shop`)).not.toThrow();
  for (const other of [arn, `${arn}+arn:aws:iam::666:role/x`])
    expect(agrees(other)).toThrow(expect.objectContaining({ code: "SECRETS_RULES_DISAGREE" }));
});

test("the fix keeps the keys of key services that the manifest declares", () => {
  const [rule] = creationRules("creation_rules:\n  - kms: arn:aws:kms:eu-central-1:1:key/a\n", FILE);
  const place = { file: "ringfence.yaml", line: 1, column: 1 };
  const keys = ["kms:arn:aws:kms:eu-central-1:1:key/a|shop", "pgp:85D7"];
  const error = refusal(() => assertRuleAgrees(rule!, { file: "s.yaml", recipients: [ONE], keys, place }));
  expect(error.fix).toBe(
    `make the rule at ${FILE}:2:5 say: age: ${ONE}; pgp: 85D7; kms: arn:aws:kms:eu-central-1:1:key/a`,
  );
});
