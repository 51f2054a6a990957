import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SecretAnswer } from "../ports/secret-store.ts";
import { fieldOf, withField } from "./field.ts";
import { readReference, referenceReader } from "./index.ts";

const OWN = new Set(["op", "file"]);
const read = (text: string) => readReference(text, OWN);

describe("references", () => {
  test.each<[string, string, string, string | undefined, Record<string, string>]>([
    ["aws-sm://shop/db", "aws-sm", "shop/db", undefined, {}],
    ["aws-sm://shop/db#password", "aws-sm", "shop/db", "password", {}],
    [
      "aws-sm://arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf#a.b?region=eu-west-1&stage=AWSPENDING",
      "aws-sm",
      "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf",
      "a.b",
      { region: "eu-west-1", stage: "AWSPENDING" },
    ],
    ["aws-sm://db?version=3#password", "aws-sm", "db", "password", { version: "3" }],
    ["aws-ssm:///shop/db/password", "aws-ssm", "/shop/db/password", undefined, {}],
    ["aws-ssm://password?region=eu-west-1", "aws-ssm", "password", undefined, { region: "eu-west-1" }],
    [
      "aws-sts:arn:aws:iam::1:role/deploy#SessionToken?duration=1h",
      "aws-sts",
      "arn:aws:iam::1:role/deploy",
      "SessionToken",
      { duration: "1h" },
    ],
    ["vault://kv/shop/db#password?version=2", "vault", "kv/shop/db", "password", { version: "2" }],
    ["vault://kv/a%23b#c%3Fd", "vault", "kv/a#b", "c?d", {}],
    ["aws-sm://x?profile=a+b&region=a%20b", "aws-sm", "x", undefined, { profile: "a+b", region: "a b" }],
    ["vault-lease://database/creds/shop#username", "vault-lease", "database/creds/shop", "username", {}],
    ["file:///run/secrets/db", "file", "/run/secrets/db", undefined, {}],
    ["file:/run/secrets/db", "file", "/run/secrets/db", undefined, {}],
    ["file:secrets/db.json#password", "file", "secrets/db.json", "password", {}],
    ["file:a%20b", "file", "a b", undefined, {}],
    ['cmd:["op","read","op://a/b#c?d"]', "cmd", '["op","read","op://a/b#c?d"]', undefined, {}],
    ['cmd: [ "a", "]" ]#x.y', "cmd", '["a","]"]', "x.y", {}],
    ["op://vault/item/field?attribute=otp", "op", "vault/item/field?attribute=otp", undefined, {}],
    ["op://vault/item#password", "op", "vault/item", "password", {}],
  ])("%s", (text, scheme, path, field, parameters) => {
    expect(read(text)).toMatchObject({
      kind: "reference",
      secret: { text, scheme, path, parameters },
      field,
    });
  });

  test("a project's own scheme may be called as what every object has", () => {
    expect(readReference("constructor://a/b", new Set(["constructor"]))).toMatchObject({
      kind: "reference",
      secret: { scheme: "constructor", path: "a/b" },
    });
  });

  test.each([
    "",
    "hunter2",
    "aws-sm",
    "aws-sm:rest",
    "vault:token",
    "vault-x://a/b",
    "postgres://user:password@host/db",
    "https://example.com/#x",
    "cmd:shutdown",
    "op:token",
    "bw://item",
    "VAULT://kv/a",
    " vault://kv/a",
    "constructor://a",
  ])("%j is a value", (text) => {
    expect(read(text)).toBeUndefined();
  });

  test.each([
    "aws-sm://",
    "aws-sm:///name",
    "aws-ssm://",
    "vault://kv",
    "vault://kv/",
    "vault://kv/a#",
    "vault://kv/a?verison=2",
    "vault-lease://database/creds/shop?version=2",
    "vault://kv/a?version=1&version=2",
    "vault://kv/a?version=1#f?mount=kv",
    "vault://kv/a?version=1?mount=kv",
    "vault://kv/a#f?version=1#g",
    "vault://kv/a#f#g",
    "aws-sm://x?stage=A#f?region=eu-west-1",
    "vault://kv/100%",
    "vault://kv/a%00b",
    "file:",
    "file://host/path",
    "cmd:[]",
    "cmd:[1]",
    'cmd:[""]',
    'cmd:["a\\u0000"]',
    'cmd:["op",',
    'cmd:["op"]?x=1',
    'cmd:["op"]#',
    "op://",
    "op://-rf",
  ])("%j can't be understood", (text) => {
    expect(read(text)).toMatchObject({ kind: "invalid" });
  });

  test("one secret has one key, whatever the field and the order of its parameters", () => {
    const key = (text: string) => {
      const found = read(text);
      return found?.kind === "reference" ? found.key : undefined;
    };
    expect(key("aws-sm://a#x?region=r&version=1")).toBe(key("aws-sm://a?version=1&region=r#y"));
    expect(key("aws-sm://a")).not.toBe(key("aws-sm://a?region=r"));
    expect(key("aws-sm://a")).not.toBe(key("aws-ssm://a"));
  });

  test("no text makes it throw", () => {
    const scheme = fc.constantFrom("aws-sm:", "aws-ssm:", "vault:", "vault-lease:", "file:", "cmd:[", "op:");
    fc.assert(
      fc.property(scheme, fc.string({ unit: "binary" }), (head, tail) => {
        read(head + tail);
        read(`${head}//${tail}`);
      }),
    );
  });
});

const DOCUMENT =
  '{"user":"a","port":5432,"on":true,"none":null,"deep":{"list":[{"x":"y"}]},"a.b":"dotted","big":12345678901234567890,"rate":1.10,"far":1e400,"numbers":[1.10,{"n":-0}]}';

describe("fields", () => {
  test.each<[string | undefined, string]>([
    [undefined, DOCUMENT],
    ["user", "a"],
    ["port", "5432"],
    ["on", "true"],
    ["deep.list.0.x", "y"],
    ["deep.list", '[{"x":"y"}]'],
    ["a.b", "dotted"],
    ["big", "12345678901234567890"],
    ["rate", "1.10"],
    ["far", "1e400"],
    ["numbers", '[1.10,{"n":-0}]'],
    ["numbers.1.n", "-0"],
  ])("%s", (field, text) => {
    expect(fieldOf(DOCUMENT, field)).toEqual({ kind: "value", text });
  });

  test.each([
    [DOCUMENT, "usr"],
    [DOCUMENT, "none"],
    [DOCUMENT, "rate.rawJSON"],
    ["1.10", "rawJSON"],
    [DOCUMENT, "user.name"],
    [DOCUMENT, "deep.list.1"],
    [DOCUMENT, "__proto__"],
    [DOCUMENT, "toString"],
    ["[]", "length"],
    ["hunter2hunter2", "x"],
    ["5", "x"],
  ])("%s has no %s", (text, field) => {
    expect(fieldOf(text, field).kind).toBe("failed");
  });

  test("what is missing is told by names, never by values", () => {
    const said = JSON.stringify(fieldOf('{"user":"ada-secret","nested":{"key":"deep-secret"}}', "usr"));
    expect(said).toContain("user");
    expect(said).not.toMatch(/ada-secret|deep-secret/);
    expect(JSON.stringify(fieldOf("plain-secret", "x"))).not.toContain("plain-secret");
  });

  test("every text in an object is found again by its name", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (object) => {
        for (const [name, text] of Object.entries(object))
          expect(fieldOf(JSON.stringify(object), name)).toEqual({ kind: "value", text });
      }),
    );
  });
});

test("the reader says what is known of a text", () => {
  const found: SecretAnswer = { kind: "found", text: '{"a":"1"}', version: undefined };
  const denied: SecretAnswer = { kind: "denied", why: "not yours" };
  const keyOf = (text: string) => {
    const one = read(text);
    return one?.kind === "reference" ? one.key : "";
  };
  const answers = new Map<string, SecretAnswer>([
    [keyOf("vault://kv/dev"), found],
    [keyOf("vault://kv/other"), denied],
  ]);
  const reader = referenceReader(OWN, answers, (text) => text.replace("{env}", "dev"));
  expect(reader("value")).toBeUndefined();
  expect(reader("vault://kv/{env}#a")).toEqual({ kind: "value", text: "1" });
  expect(reader("vault://kv/{env}#b")).toMatchObject({ kind: "failed", code: "REFERENCE_UNAVAILABLE" });
  expect(reader("vault://kv/other")).toMatchObject({ kind: "failed", code: "REFERENCE_UNAVAILABLE" });
  expect(reader("vault://kv")).toMatchObject({ kind: "failed", code: "REFERENCE_INVALID" });
  expect(reader("vault://kv/unasked")).toEqual({ kind: "unasked" });
});

describe("fields with another text", () => {
  test.each<[string, string]>([
    ["user", '{"user":"new","deep":{"list":[{"x":"y"}]},"a.b":"dotted"}'],
    ["other", '{"user":"a","deep":{"list":[{"x":"y"}]},"a.b":"dotted","other":"new"}'],
    ["deep.list.0.x", '{"user":"a","deep":{"list":[{"x":"new"}]},"a.b":"dotted"}'],
    ["a.b", '{"user":"a","deep":{"list":[{"x":"y"}]},"a.b":"new"}'],
    ["deep.new", '{"user":"a","deep":{"list":[{"x":"y"}],"new":"new"},"a.b":"dotted"}'],
  ])("%s", (field, text) => {
    const before = '{"user":"a","deep":{"list":[{"x":"y"}]},"a.b":"dotted"}';
    expect(withField(before, field, "new")).toEqual({ kind: "value", text });
  });

  test("numbers beside it stay as they are written", () => {
    const text = (value: string) => `{"big":12345678901234567890,"a":${value},"far":1e400,"rates":[1.10,-0]}`;
    expect(withField(text("1.50"), "a", "new")).toEqual({ kind: "value", text: text('"new"') });
  });

  test.each([
    ["hunter2", "x"],
    ["5", "x"],
    ["null", "x"],
    ['{"a":"b"}', "a.b"],
    ['{"a":[]}', "a.1"],
    ['{"a":{}}', "b.c"],
    ['{"rate":1.10}', "rate.rawJSON"],
    ["1.10", "rawJSON"],
  ])("%s can have no %s", (text, field) => {
    expect(withField(text, field, "new").kind).toBe("failed");
  });

  test("what was written is read again, and nothing else is changed", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string()),
        fc.string({ minLength: 1 }),
        fc.string(),
        (object, name, value) => {
          fc.pre(Object.hasOwn(object, name) || !name.includes("."));
          const changed = withField(JSON.stringify(object), name, value);
          if (changed.kind !== "value") throw new Error(changed.why);
          expect(fieldOf(changed.text, name)).toEqual({ kind: "value", text: value });
          const after = new Map(Object.entries(JSON.parse(changed.text) as object));
          for (const [other, text] of Object.entries(object))
            if (other !== name) expect(after.get(other)).toBe(text);
        },
      ),
    );
  });
});
