import fc from "fast-check";
import { decryptSops } from "sops-age";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { createKeyPair } from "../base/ed25519.ts";
import { isRingfenceError } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import {
  assertNotReplayed,
  fingerprint,
  listSecrets,
  secretNamed,
  signSecrets,
  verifySignature,
  type WriteRequest,
  writeSecrets,
} from "./index.ts";
import {
  alice,
  expected,
  file,
  lines,
  me,
  open,
  other,
  people,
  record,
  request,
  signer,
  values,
} from "./sample.ts";
import { foreignLeaf, foreignMetadata, refusal } from "./test-support.ts";

const text = await writeSecrets(request());
const bob = createKeyPair();

const change = (revision: number, text: string, more: Partial<WriteRequest> = {}): WriteRequest =>
  request({
    binding: { ...expected, revision },
    previous: { text, file, identities: [me.identity] },
    ...more,
  });

describe("a file that is written", () => {
  test("opens with its values, places, binding and recipients", () => {
    const opened = open(text);
    expect(record(opened)).toEqual(values);
    expect(opened.values[1]!.place).toEqual({ file, line: 3, column: 1 });
    expect(opened).toMatchObject({
      binding: { ...expected, revision: 1 },
      recipients: [me.recipient],
      signature: undefined,
      lastModified: "2026-11-21T12:00:00Z",
    });
  });

  test("shows no value, and lists its names without an identity", () => {
    expect(text).not.toMatch(/key-1|horse/);
    const listed = listSecrets(text, { file });
    expect(listed.names.map(({ name }) => name)).toEqual(Object.keys(values));
    expect(listed).toMatchObject({ recipients: [me.recipient], digest: open(text).digest });
  });

  test("is read by another implementation", async () => {
    const strange = {
      yes: "ENC[AES256_GCM,data:x]",
      MULTI: "a\nb\r\n",
      UNICODE: "schlüssel 🔑",
      _x: '"\\ #: ',
    };
    const written = signSecrets(await writeSecrets(request({ values: strange })), "alice", signer(alice));
    const read = await decryptSops(written, { secretKey: me.identity, fileType: "yaml" });
    expect(read).toMatchObject(strange);
    expect(JSON.parse(read.RINGFENCE_BINDING)).toMatchObject({ ...expected, revision: 1 });
  });

  test("gives back any values, in their order", async () => {
    const names = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/).filter((name) => name !== "RINGFENCE_BINDING");
    const contents = fc.string({ unit: "binary", maxLength: 40 }).filter((value) => !value.includes("\0"));
    const all = fc.array(fc.tuple(names, contents), { maxLength: 8 }).map(Object.fromEntries);
    await fc.assert(
      fc.asyncProperty(all, async (some: Record<string, string>) => {
        const opened = open(await writeSecrets(request({ values: some })));
        expect(opened.values.map(({ name, value }) => [name, value])).toEqual(Object.entries(some));
      }),
      { numRuns: 40 },
    );
  });

  test("makes every opened value known to the redactor", async () => {
    const written = await writeSecrets(request({ values: { TOKEN: "only-here-7f3a" } }));
    open(written);
    expect(redact("the token is only-here-7f3a")).toBe("the token is [secret]");
  });
});

describe("a file that is written again", () => {
  test("keeps order and ciphertext of what did not change", async () => {
    const { EMPTY, ...rest } = values;
    const next = await writeSecrets(
      change(2, text, { values: { NEW: "n", ...rest, API_KEY: "key-2-of-the-api" } }),
    );
    const [before, after] = [lines(text), lines(next)];
    expect([...after.keys()]).toEqual(["RINGFENCE_BINDING", "API_KEY", "DATABASE_PASSWORD", "NEW"]);
    expect(after.get("DATABASE_PASSWORD")).toBe(before.get("DATABASE_PASSWORD"));
    expect(after.get("API_KEY")).not.toBe(before.get("API_KEY"));
    expect(next.match(/-----BEGIN[\s\S]*END/)![0]).toBe(text.match(/-----BEGIN[\s\S]*END/)![0]);
    expect(record(open(next))).toEqual({
      API_KEY: "key-2-of-the-api",
      DATABASE_PASSWORD: "correct horse",
      NEW: "n",
    });
    expect(open(next).binding.revision).toBe(2);
  });

  test.each([
    ["one more", [me.recipient, other.recipient]],
    ["another one", [other.recipient]],
  ])("for other recipients (%s) shares nothing with the file before", async (_, recipients) => {
    const next = await writeSecrets(change(2, text, { recipients }));
    const [before, after] = [lines(text), lines(next)];
    for (const name of ["API_KEY", "DATABASE_PASSWORD"]) expect(after.get(name)).not.toBe(before.get(name));
    expect(record(open(next, { identities: [other.identity] }))).toEqual(values);
    const mixed = next.replace(after.get("API_KEY")!, before.get("API_KEY")!);
    expect(refusal(() => open(mixed, { identities: [other.identity] })).code).toBe("SECRETS_MAC_MISMATCH");
  });

  test("keeps foreign ciphertext under its own type", async () => {
    const key = Buffer.alloc(32, 5);
    const on = foreignLeaf("True", "bool", key, "FLAG:");
    const foreign = JSON.stringify({ FLAG: on, sops: await foreignMetadata(["True"], key, me.recipient) });
    const previous = { text: foreign, file: "s.json", identities: [me.identity] };
    const next = await writeSecrets(request({ file, previous, values: { FLAG: "true" } }));
    expect(lines(next).get("FLAG")).toBe(`FLAG: ${on}`);
    expect(record(open(next))).toEqual({ FLAG: "true" });
  });

  test.each([
    ["an older revision", { binding: { ...expected, revision: 1 } }, "SECRETS_REPLAYED"],
    [
      "another environment",
      { binding: { project: "shop", environment: "staging", revision: 2 } },
      "SECRETS_WRONG_ENVIRONMENT",
    ],
    [
      "no identity that opens it",
      { previous: { text: "", file, identities: [other.identity] } },
      "SECRETS_NO_IDENTITY",
    ],
  ] as const)("is refused: %s", async (_, more, code) => {
    const wanted = change(2, text, more as Partial<WriteRequest>);
    const previous = { ...wanted.previous!, text };
    await expect(writeSecrets({ ...wanted, previous })).rejects.toMatchObject({ code });
  });

  test("is refused where plain values would be lost", async () => {
    const sops = await foreignMetadata(["p"], Buffer.alloc(32, 5), me.recipient);
    const previous = {
      text: JSON.stringify({ P_unencrypted: "p", sops }),
      file: "s.json",
      identities: [me.identity],
    };
    await expect(writeSecrets(request({ previous }))).rejects.toMatchObject({
      code: "SECRETS_UNSUPPORTED",
      where: "s.json:1:2",
    });
  });
});

describe("what can't be written", () => {
  test.each([
    ["a hyphen", { values: { "A-B": "1" } }, "SECRETS_BAD_NAME"],
    ["a digit first", { values: { "1A": "1" } }, "SECRETS_BAD_NAME"],
    ["no name", { values: { "": "1" } }, "SECRETS_BAD_NAME"],
    ["the name of the binding", { values: { RINGFENCE_BINDING: "1" } }, "SECRETS_BAD_NAME"],
    ["a name that objects lose", { values: JSON.parse('{"__proto__":"1"}') }, "SECRETS_BAD_NAME"],
    ["the name of the metadata", { values: { sops: "1" } }, "SECRETS_BAD_NAME"],
    ["a name that sops leaves plain", { values: { KEY_unencrypted: "1" } }, "SECRETS_BAD_NAME"],
    ["NUL in a value", { values: { A: "hunter2\0" } }, "SECRETS_BAD_VALUE"],
    ["half a character", { values: { A: "hunter2\ud83d" } }, "SECRETS_BAD_VALUE"],
    ["nobody", { recipients: [] }, "SECRETS_BAD_RECIPIENT"],
    ["a mistyped recipient", { recipients: [`${me.recipient.slice(0, -1)}b`] }, "SECRETS_BAD_RECIPIENT"],
    ["an identity for a recipient", { recipients: [me.identity] }, "SECRETS_BAD_RECIPIENT"],
  ])("%s", async (_, more, code) => {
    const error: unknown = await writeSecrets(request(more as Partial<WriteRequest>)).catch(
      (thrown) => thrown,
    );
    expect(isRingfenceError(error, code)).toBe(true);
    expect(JSON.stringify(error)).not.toMatch(/hunter2|AGE-SECRET-KEY-1/);
  });
});

describe("a file that is not for this place", () => {
  test("wrong identity: names recipients and where it was looked for", () => {
    const error = refusal(() =>
      open(text, { identities: [other.identity], lookedIn: ["~/.config/ringfence"] }),
    );
    expect(error).toMatchObject({ code: "SECRETS_NO_IDENTITY", where: file, exit: 12 });
    for (const part of [me.recipient, other.recipient, "~/.config/ringfence"])
      expect(error.why).toContain(part);
    expect(JSON.stringify(error)).not.toContain(other.identity);
    expect(refusal(() => open(text, { identities: [] })).code).toBe("SECRETS_NO_IDENTITY");
  });

  test("another environment or project", () => {
    for (const expect_ of [
      { ...expected, environment: "staging" },
      { ...expected, project: "blog" },
    ]) {
      const error = refusal(() => open(text, { expect: expect_ }));
      expect(error).toMatchObject({ code: "SECRETS_WRONG_ENVIRONMENT", where: `${file}:1:1`, exit: 12 });
      expect(error.message).toContain("shop/production");
      expect(error.details).toEqual({ binding: { ...expected, revision: 1 }, expected: expect_ });
    }
  });

  test("no binding", async () => {
    const sops = await foreignMetadata([""], Buffer.alloc(32, 5), me.recipient);
    const unbound = JSON.stringify({ A: "", sops });
    const error = refusal(() => open(unbound));
    expect(error).toMatchObject({ code: "SECRETS_UNBOUND", exit: 12 });
    expect(error.fix).toContain("--environment production");
    expect(open(unbound, { unbound: "allow" }).binding).toEqual({ ...expected, revision: 0 });
  });

  test.each([
    "not JSON",
    "null",
    '{"project":"shop","environment":"production"}',
    '{"project":"shop","environment":"production","revision":0}',
  ])("a binding that is none: %s", async (content) => {
    const key = Buffer.alloc(32, 5);
    const sops = await foreignMetadata([content], key, me.recipient);
    const bound = { RINGFENCE_BINDING: foreignLeaf(content, "str", key, "RINGFENCE_BINDING:"), sops };
    expect(refusal(() => open(JSON.stringify(bound), { unbound: "allow" })).code).toBe("SECRETS_MALFORMED");
  });

  test("an older revision", async () => {
    const opened = open(text);
    expect(() => assertNotReplayed(opened, 0)).not.toThrow();
    expect(() => assertNotReplayed(opened, 1)).not.toThrow();
    const error = refusal(() => assertNotReplayed(opened, 2));
    expect(error).toMatchObject({ code: "SECRETS_REPLAYED", where: file, exit: 12 });
  });
});

describe("signatures", () => {
  const sign = (person = "alice", keys = alice): string => signSecrets(text, person, signer(keys));

  test("verify, change neither values nor digest, and are replaced", () => {
    const signed = sign();
    expect(verifySignature(signed, people, { file })).toBe("alice");
    expect(open(signed)).toMatchObject({ digest: open(text).digest, signature: { person: "alice" } });
    expect(open(signed).values[0]!.place.line).toBe(open(text).values[0]!.place.line + 1);
    const again = signSecrets(signed, "bob", signer(bob));
    expect(again.match(/ringfence-signature/g)).toHaveLength(1);
    expect(verifySignature(again, [{ name: "bob", key: bob.publicText }], { file })).toBe("bob");
  });

  test.each<[string, () => string, string]>([
    ["none", () => text, "SECRETS_UNSIGNED"],
    ["not in the first line", () => `\n${sign()}`, "SECRETS_UNSIGNED"],
    ["by an unknown person", () => sign("mallory", bob), "SECRETS_SIGNATURE_INVALID"],
    ["by another key under a known name", () => sign("alice", bob), "SECRETS_SIGNATURE_INVALID"],
    ["malformed", () => sign().replace("==\n", "\n"), "SECRETS_SIGNATURE_INVALID"],
    ["by someone else's hand", () => sign("bob").replace(": bob ", ": alice "), "SECRETS_SIGNATURE_INVALID"],
    ["of another file", () => sign().replace(text, `${text}\n`), "SECRETS_SIGNATURE_INVALID"],
    ["twice", () => sign().replace("\n", `\n${sign().split("\n")[0]}\n`), "SECRETS_SIGNATURE_INVALID"],
  ])("are refused: %s", (_, make, code) => {
    const error = refusal(() => verifySignature(make(), people, { file }));
    expect(error).toMatchObject({ code, where: `${file}:1:1`, exit: 12 });
    expect(error.fix).toContain(file);
  });

  test.each(["a.yaml", "a.json", "a.env"])("voided by other line ends are told apart: %s", async (target) => {
    const signed = signSecrets(await writeSecrets(request({ file: target })), "alice", signer(alice));
    const refused = (changed: string) => refusal(() => verifySignature(changed, people, { file: target }));
    const error = refused(signed.replaceAll("\n", "\r\n"));
    expect(error).toMatchObject({ code: "SECRETS_SIGNATURE_INVALID", details: { lineEnds: "CRLF" } });
    expect(error.fix).toContain("ringfence secret git-setup");
    const tampered = signed.replaceAll("type:str", "type:int").replaceAll("\n", "\r\n");
    expect(refused(tampered).details).toBeUndefined();
  });

  test("are not given under a name that breaks the line", () => {
    for (const person of ["", " alice", "a\nb"])
      expect(refusal(() => signSecrets(text, person, signer(alice))).code).toBe("SECRETS_BAD_NAME");
  });
});

describe("one secret", () => {
  test("is found by its name, or the nearest is named", () => {
    const opened = open(text);
    expect(secretNamed(opened, "API_KEY").value).toBe("key-1-of-the-api");
    expect(refusal(() => secretNamed(opened, "API_KEI"))).toMatchObject({
      code: "SECRETS_UNKNOWN",
      why: "did you mean API_KEY?",
    });
    expect(refusal(() => secretNamed(opened, "RINGFENCE_BINDING")).code).toBe("SECRETS_UNKNOWN");
  });

  test("has a fingerprint by key, value and, if asked, name", () => {
    const [key, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(fingerprint(key, "v")).toMatch(/^fp:[0-9a-f]{16}$/);
    expect(fingerprint(key, "v")).toBe(fingerprint(key, "v"));
    const prints = [
      fingerprint(key, "v"),
      fingerprint(second, "v"),
      fingerprint(key, "w"),
      fingerprint(key, "v", "A"),
    ];
    expect(new Set(prints).size).toBe(4);
  });
});

test("the file is plain YAML with one level of names", () => {
  expect(Object.keys(parseYaml(text))).toEqual(["RINGFENCE_BINDING", ...Object.keys(values), "sops"]);
});
