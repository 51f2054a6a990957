import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { decryptSops, type SopsFileType } from "sops-age";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { createKeyPair } from "../base/ed25519.ts";
import { isRingfenceError } from "../base/error.ts";
import { listSecrets, signSecrets, verifySignature, type WriteRequest, writeSecrets } from "./index.ts";
import {
  alice,
  expected,
  me,
  open as openSample,
  people,
  record,
  request,
  signer,
  values,
} from "./sample.ts";
import { foreignLeaf, foreignMetadata, refusal } from "./test-support.ts";

const FORMS = [
  ["yaml", "secrets/production.yaml"],
  ["json", "secrets/production.json"],
  ["env", ".env.production"],
] as const satisfies readonly (readonly [SopsFileType, string])[];

describe.each(FORMS)("a file in %s form", async (form, file) => {
  const write = (more: Partial<WriteRequest> = {}): Promise<string> =>
    writeSecrets(request({ file, ...more }));
  const open = (text: string) => openSample(text, { file });
  const text = await write();
  const signed = signSecrets(text, "alice", signer(alice));
  /** The raw value of a name. */
  const raw = (from: string, name: string): string =>
    new RegExp(`^\\t?"?${name}"?(?:=|: )"?(ENC[^"\\n]*)`, "m").exec(from)![1]!;

  test("opens with its values, its binding and its recipients", () => {
    expect(record(open(text))).toEqual(values);
    expect(open(text)).toMatchObject({ binding: { ...expected, revision: 1 }, recipients: [me.recipient] });
    const names = listSecrets(text, { file }).names.map(({ name }) => name);
    expect(names).toEqual(Object.keys(values));
  });

  test("is in that form, as others read it", () => {
    if (form === "json")
      expect(Object.keys(JSON.parse(text))).toEqual(["RINGFENCE_BINDING", ...Object.keys(values), "sops"]);
    if (form === "yaml") expect(Object.keys(parseYaml(text))).toContain("sops");
    if (form === "env") for (const line of text.trimEnd().split("\n")) expect(line).toMatch(/^[A-Za-z_]\w*=/);
  });

  test("is read by another implementation, signed", async () => {
    const strange = {
      yes: "ENC[AES256_GCM,data:x]",
      MULTI: "a\nb\r\n",
      UNICODE: "schlüssel 🔑",
      _x: '"\\ #: ',
    };
    const written = signSecrets(await write({ values: strange }), "alice", signer(alice));
    const read = await decryptSops(written, { secretKey: me.identity, fileType: form });
    expect(read).toMatchObject(strange);
    expect(JSON.parse(read.RINGFENCE_BINDING)).toMatchObject({ ...expected, revision: 1 });
  });

  test("gives back any values, in their order", async () => {
    const names = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/).filter((name) => name !== "RINGFENCE_BINDING");
    const contents = fc.string({ unit: "binary", maxLength: 40 }).filter((value) => !value.includes("\0"));
    const all = fc.array(fc.tuple(names, contents), { maxLength: 8 }).map(Object.fromEntries);
    await fc.assert(
      fc.asyncProperty(all, async (some: Record<string, string>) => {
        const opened = open(await write({ values: some }));
        expect(opened.values.map(({ name, value }) => [name, value])).toEqual(Object.entries(some));
      }),
      { numRuns: 20 },
    );
  });

  test("keeps the ciphertext of what did not change, and its data key", async () => {
    const previous = { text, file, identities: [me.identity] };
    const binding = { ...expected, revision: 2 };
    const next = await write({ previous, binding, values: { ...values, API_KEY: "key-2" } });
    expect(raw(next, "DATABASE_PASSWORD")).toBe(raw(text, "DATABASE_PASSWORD"));
    expect(raw(next, "API_KEY")).not.toBe(raw(text, "API_KEY"));
    expect(/BEGIN AGE.*?END AGE/s.exec(next)![0]).toBe(/BEGIN AGE.*?END AGE/s.exec(text)![0]);
    expect(record(open(next))).toEqual({ ...values, API_KEY: "key-2" });
  });

  test("is signed in a line of its own, which is replaced", () => {
    expect(signed).not.toBe(text);
    expect(signed.split("\n")).toHaveLength(text.split("\n").length + 1);
    expect(verifySignature(signed, people, { file })).toBe("alice");
    expect(open(signed)).toMatchObject({ digest: open(text).digest, signature: { person: "alice" } });
    const bob = createKeyPair();
    const again = signSecrets(signed, 'bob "the builder"', signer(bob));
    expect(again.match(/ringfence[-_]signature/g)).toHaveLength(1);
    const bobs = [{ name: 'bob "the builder"', key: bob.publicText }];
    expect(verifySignature(again, bobs, { file })).toBe('bob "the builder"');
  });

  test("is refused with any byte changed, or means the same; signed, always", async () => {
    const short = await write({ values: { A: "key-1" } });
    const shortSigned = signSecrets(short, "alice", signer(alice));
    const before = JSON.stringify(record(open(short)));
    for (let at = 0; at < shortSigned.length; at++) {
      const changed =
        shortSigned.slice(0, at) +
        String.fromCharCode(shortSigned.charCodeAt(at) ^ 1) +
        shortSigned.slice(at + 1);
      expect(() => verifySignature(changed, people, { file }), `byte ${at}`).toThrow();
      if (at % 3 > 0) continue;
      try {
        expect(JSON.stringify(record(open(changed))), `byte ${at}`).toBe(before);
      } catch (error) {
        if (!isRingfenceError(error)) throw error;
        expect(error.exit, `byte ${at}`).toBe(12);
      }
    }
  });

  test("is refused when it is cut, wherever", async () => {
    const cuts = Array.from({ length: 60 }, (_, index) =>
      Math.floor((index * (text.trimEnd().length - 1)) / 60),
    );
    for (const length of cuts) {
      const error = refusal(() => open(text.slice(0, length)));
      expect(error.exit, `cut at ${length}`).toBe(12);
      expect(() => verifySignature(signed.slice(0, length), people, { file })).toThrow();
    }
  });

  test("is made from a file of another form", async () => {
    for (const [, other] of FORMS) {
      const from = await writeSecrets(request({ file: other }));
      const previous = { text: from, file: other, identities: [me.identity] };
      const next = await write({ previous, binding: { ...expected, revision: 2 } });
      expect(record(open(next))).toEqual(values);
      expect(raw(next, "API_KEY")).toBe(raw(from, "API_KEY"));
    }
  });
});

describe("what a form can't hold", () => {
  test("names that dotenv keeps for its metadata", async () => {
    const values = { sops_mac: "1" };
    await expect(writeSecrets(request({ file: "a.env", values }))).rejects.toMatchObject({
      code: "SECRETS_BAD_NAME",
    });
    expect(
      record(openSample(await writeSecrets(request({ file: "a.json", values })), { file: "a.json" })),
    ).toEqual(values);
  });

  test("nested values of others: they are not flattened unseen", async () => {
    const key = Buffer.alloc(32, 5);
    for (const [data, where] of [
      [{ db: { password: foreignLeaf("v", "str", key, "db:password:") } }, "db.password"],
      [{ list: [foreignLeaf("v", "str", key, "list:")] }, "list.0"],
    ] as const) {
      const text = JSON.stringify({ ...data, sops: await foreignMetadata(["v"], key, me.recipient) });
      const previous = { text, file: "s.json", identities: [me.identity] };
      const error: unknown = await writeSecrets(request({ previous })).catch((thrown) => thrown);
      expect(isRingfenceError(error, "SECRETS_UNSUPPORTED")).toBe(true);
      expect((error as Error).message).toContain(where);
    }
  });

  test("a signature in JSON of others", () => {
    expect(refusal(() => signSecrets('{"sops":{}}', "alice", signer(alice))).code).toBe(
      "SECRETS_UNSUPPORTED",
    );
  });
});

test("a signature in JSON is written in one way only", async () => {
  const text = await writeSecrets(request({ file: "a.json" }));
  const signed = signSecrets(text, "alice", signer(alice));
  expect(verifySignature(signed, people, { file: "a.json" })).toBe("alice");
  for (const [from, to] of [
    ['"alice ', '"\\u0061lice '],
    ['=",\n', '=" ,\n'],
    ['"ringfence_signature": ', '"ringfence_signature":  '],
  ] as const) {
    const changed = signed.replace(from, to);
    expect(changed).not.toBe(signed);
    expect(refusal(() => verifySignature(changed, people, { file: "a.json" })).code).toBe(
      "SECRETS_SIGNATURE_INVALID",
    );
  }
});

test("ssh keys are recipients and identities like others", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  expect(privateKey.asymmetricKeyType).toBe("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const wire = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from("ssh-ed25519"),
    Buffer.from([0, 0, 0, 32]),
    raw,
  ]);
  const recipient = `ssh-ed25519 ${wire.toString("base64")}`;
  const text = await writeSecrets(
    request({ recipients: [`${recipient} ada@work`, me.recipient, recipient] }),
  );
  expect(openSample(text).recipients).toEqual([recipient, me.recipient]);
});
