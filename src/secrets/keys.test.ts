import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { decryptSops } from "sops-age";
import { describe, expect, test } from "vitest";
import type { KeyName, KeyService, ServiceKey } from "../ports/key-service.ts";
import { parseRecipient } from "./age/identities.ts";
import { sealAge } from "./age/seal.ts";
import { listSecrets, openSecrets, prepareDataKey, wrappedKeys, writeSecrets } from "./index.ts";
import { expected, me, other, record, request, values } from "./sample.ts";
import { combineParts } from "./sops/shamir.ts";
import { foreignLeaf, foreignMetadata, refusal } from "./test-support.ts";

const ARN = "arn:aws:kms:eu-central-1:123456789012:key/1111-2222";
const OTHERS = {
  kms: [
    {
      arn: ARN,
      role: "arn:aws:iam::123456789012:role/ops",
      context: { Environment: "production", "App Name": "shop: web" },
      created_at: "2026-01-02T03:04:05Z",
      enc: "AQICAHh=",
      aws_profile: "",
    },
  ],
  gcp_kms: [
    {
      resource_id: "projects/p/locations/l/keyRings/r/cryptoKeys/k",
      created_at: "2026-01-02T03:04:05Z",
      enc: "CiQA=",
    },
  ],
  azure_kv: [
    {
      vault_url: "https://v.vault.azure.net",
      name: "k",
      version: "0",
      created_at: "2026-01-02T03:04:05Z",
      enc: "Zm9v",
    },
  ],
  hc_vault: [
    {
      vault_address: "https://vault:8200",
      engine_path: "sops",
      key_name: "first",
      created_at: "2026-01-02T03:04:05Z",
      enc: "vault:v1:Zm9v",
    },
  ],
  pgp: [
    {
      created_at: "2026-01-02T03:04:05Z",
      enc: "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----",
      fp: "85D77543B3D624B63CEA9E6DBC17301B491B3F21",
    },
  ],
};

/** Splits as sops does: points of polynomials over GF(2⁸), x behind the values. Apart from the code under test. */
function split(secret: Buffer, count: number, threshold: number): Buffer[] {
  const times = (a: number, b: number): number => {
    let [x, y, out] = [a, b, 0];
    while (y > 0) {
      if (y % 2 === 1) out ^= x;
      x = x >= 128 ? ((x * 2) & 255) ^ 0x1b : x * 2;
      y = Math.floor(y / 2);
    }
    return out;
  };
  const polynomials = [...secret].map((byte) => [byte, ...randomBytes(threshold - 1)]);
  return Array.from({ length: count }, (_, index) => {
    const x = 7 * index + 3;
    return Buffer.from([...polynomials.map((p) => p.reduceRight((sum, c) => times(sum, x) ^ c, 0)), x]);
  });
}

/** A key service that keeps what it wraps to itself: real in all that a file can see of one. */
function keyService(kept: Record<string, Buffer>): KeyService & { readonly asked: (KeyName | ServiceKey)[] } {
  const asked: (KeyName | ServiceKey)[] = [];
  return {
    services: ["kms"],
    asked,
    async unwrap(key) {
      asked.push(key);
      const dataKey = kept[key.wrapped];
      return dataKey ? { kind: "opened", dataKey } : { kind: "denied", why: "not yours" };
    },
    async wrap(dataKey, key) {
      asked.push(key);
      const wrapped = `wrapped-${Object.keys(kept).length}`;
      kept[wrapped] = Buffer.from(dataKey);
      return { kind: "wrapped", wrapped };
    },
  };
}

const signal = new AbortController().signal;
const FILES = ["s.yaml", "s.json", "s.env"];
const key = randomBytes(32);
const metadata = await foreignMetadata(["v"], key, me.recipient);
const leaf = foreignLeaf("v", "str", key, "A:");
const file = (keys: object): string => JSON.stringify({ A: leaf, sops: { ...metadata, ...keys } });
const open = (text: string, identities: string[], dataKey?: Uint8Array) =>
  openSecrets(text, { file: "s", expect: expected, identities, dataKey, unbound: "allow" });

/** As the manifest has it: with the role that the file says. */
const DECLARED = `kms:${ARN}+${OTHERS.kms[0]!.role}`;

describe("Shamir's parts", () => {
  test("give the secret, any of them, as many as are needed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 4 }),
        (secret, threshold, more) => {
          const parts = split(Buffer.from(secret), threshold + more, threshold);
          expect(combineParts(parts.slice(more))).toEqual(Buffer.from(secret));
          expect(combineParts(parts)).toEqual(Buffer.from(secret));
        },
      ),
    );
  });

  test.each([
    ["none", []],
    ["of several lengths", [Buffer.from([1, 1]), Buffer.from([1, 2, 3])]],
    ["twice the same", [Buffer.from([1, 1]), Buffer.from([2, 1])]],
    ["the secret itself", [Buffer.from([1, 0]), Buffer.from([2, 1])]],
    ["empty", [Buffer.from([1])]],
  ])("that can't be: %s", (_, parts) => {
    expect(combineParts(parts)).toBeUndefined();
  });
});

describe("keys of others", () => {
  test("are listed beside age's", () => {
    const { groups, threshold } = wrappedKeys(file(OTHERS), { file: "s.json" });
    expect(threshold).toBe(1);
    expect(groups.map((group) => group.map(({ service, name }) => [service, name]))).toEqual([
      [
        ["kms", ARN],
        ["gcp_kms", "projects/p/locations/l/keyRings/r/cryptoKeys/k"],
        ["azure_kv", "https://v.vault.azure.net/k/0"],
        ["hc_vault", "https://vault:8200/sops/first"],
        ["age", me.recipient],
        ["pgp", "85D77543B3D624B63CEA9E6DBC17301B491B3F21"],
      ],
    ]);
    expect(listSecrets(file(OTHERS), { file: "s.json" }).recipients).toEqual([me.recipient]);
  });

  test.each(FILES)("are kept as they are while the recipients stay: %s", async (target) => {
    const previous = { text: file(OTHERS), file: "s.json", identities: [me.identity] };
    const first = await writeSecrets(request({ file: target, previous }));
    const binding = { ...expected, revision: 2 };
    const next = await writeSecrets(
      request({ file: target, binding, previous: { text: first, file: target, identities: [me.identity] } }),
    );
    for (const text of [first, next]) {
      const json = await writeSecrets(
        request({
          file: "t.json",
          binding: { ...expected, revision: 3 },
          previous: { text, file: target, identities: [me.identity] },
        }),
      );
      expect(JSON.parse(json).sops).toMatchObject(OTHERS);
    }
    const form = target === "s.env" ? "env" : target === "s.json" ? "json" : "yaml";
    expect(await decryptSops(next, { secretKey: me.identity, fileType: form })).toMatchObject(values);
  });

  test("stop a change of recipients that they can't be part of", async () => {
    for (const [service, entries] of Object.entries(OTHERS)) {
      const previous = { text: file({ [service]: entries }), file: "s.json", identities: [me.identity] };
      await expect(
        writeSecrets(request({ previous, recipients: [me.recipient, other.recipient] })),
      ).rejects.toMatchObject({ code: "SECRETS_FOREIGN_KEYS", details: { service } });
    }
  });

  test("get the new data key by their service", async () => {
    const kept: Record<string, Buffer> = {};
    const service = keyService(kept);
    const allowed = { declared: [DECLARED], others: "refuse" } as const;
    const previous = { text: file({ kms: OTHERS.kms }), file: "s.json", identities: [me.identity] };
    const rewrapping = { services: [service], signal };
    const text = await writeSecrets(
      request({ previous, recipients: [other.recipient], rewrapping, allowed }),
    );
    expect(service.asked).toMatchObject([
      { name: ARN, context: OTHERS.kms[0]!.context, role: OTHERS.kms[0]!.role },
    ]);
    expect(JSON.parse(text).sops.kms).toMatchObject([
      { ...OTHERS.kms[0], enc: "wrapped-0", created_at: "2026-11-21T12:00:00Z" },
    ]);
    const dataKey = await prepareDataKey(
      text,
      { file: "s.json", identities: [], services: [service], declared: [DECLARED] },
      signal,
    );
    expect(record(open(text, [], dataKey))).toEqual(values);
    expect(refusal(() => open(text, [me.identity])).code).toBe("SECRETS_NO_IDENTITY");
  });

  describe("that were planted", () => {
    const evil = {
      ...OTHERS.kms[0]!,
      arn: "arn:aws:kms:eu-central-1:666666666666:key/evil",
      enc: "QUFBQQ==",
    };
    const previous = {
      text: file({ kms: [OTHERS.kms[0], evil] }),
      file: "s.json",
      identities: [me.identity],
    };
    const declared = [DECLARED];
    const asking = () => {
      const service = keyService({});
      return { service, rewrapping: { services: [service], signal } };
    };

    test.each<[string, string[]]>([
      ["none is declared", []],
      ["another one is", declared],
      ["its name is, as another service's", [...declared, `gcp_kms:${evil.arn}`]],
    ])("are given no new data key: %s", async (_, names) => {
      const { service, rewrapping } = asking();
      const allowed = { declared: names, others: "refuse" } as const;
      const write = writeSecrets(request({ previous, recipients: [other.recipient], rewrapping, allowed }));
      await expect(write).rejects.toMatchObject({
        code: "SECRETS_FOREIGN_KEYS",
        details: { service: "kms" },
      });
      expect(service.asked).toEqual([]);
    });

    test.each([[[me.recipient]], [[other.recipient]]])(
      "are taken out, with a new data key",
      async (recipients) => {
        const { service, rewrapping } = asking();
        const allowed = { declared, others: "drop" } as const;
        const text = await writeSecrets(request({ previous, recipients, rewrapping, allowed }));
        expect(service.asked.map(({ name }) => name)).toEqual([ARN]);
        expect(JSON.parse(text).sops.kms).toMatchObject([{ arn: ARN, enc: "wrapped-0" }]);
        expect(refusal(() => open(text, [], key)).code).toBe("SECRETS_MAC_MISMATCH");
      },
    );
  });

  test("that their service refuses change nothing", async () => {
    const service: KeyService = {
      ...keyService({}),
      wrap: async () => ({ kind: "denied", why: "not yours" }),
    };
    const previous = { text: file({ kms: OTHERS.kms }), file: "s.json", identities: [me.identity] };
    const rewrapping = { services: [service], signal };
    const allowed = { declared: [DECLARED], others: "refuse" } as const;
    await expect(
      writeSecrets(request({ previous, recipients: [other.recipient], rewrapping, allowed })),
    ).rejects.toMatchObject({ code: "SECRETS_KEY_SERVICE" });
  });
});

describe("a data key from elsewhere", () => {
  const services = [keyService({ "AQICAHh=": key })];
  const prepare = (text: string, identities: string[] = [], declared = [DECLARED]) =>
    prepareDataKey(text, { file: "s.json", identities, services, declared }, signal);

  test("opens the file, with everything else verified", async () => {
    const text = file({ age: null, kms: OTHERS.kms });
    expect(refusal(() => open(text, [])).code).toBe("SECRETS_NO_IDENTITY");
    const dataKey = await prepare(text);
    expect(record(open(text, [], dataKey))).toEqual({ A: "v" });
    expect(refusal(() => open(text.replace(leaf, ""), [], dataKey)).code).toBe("SECRETS_MAC_MISMATCH");
    expect(refusal(() => open(text, [], randomBytes(32))).code).toBe("SECRETS_MAC_MISMATCH");
  });

  test("is not asked for where an identity opens the file, or nobody can be asked", async () => {
    services[0]!.asked.length = 0;
    expect(await prepare(file({ kms: OTHERS.kms }), [me.identity])).toBeUndefined();
    expect(await prepare(file({ age: null, pgp: OTHERS.pgp }))).toBeUndefined();
    expect(await prepare(file({ age: null, kms: OTHERS.kms }), [], ["kms:another"])).toBeUndefined();
    for (const planted of [
      { role: "arn:aws:iam::666666666666:role/evil" },
      { role: "" },
      { aws_profile: "admin" },
    ])
      expect(await prepare(file({ age: null, kms: [{ ...OTHERS.kms[0], ...planted }] }))).toBeUndefined();
    expect(services[0]!.asked).toEqual([]);
  });

  test("is told why not", async () => {
    const text = file({ kms: [{ ...OTHERS.kms[0], enc: "other" }] });
    await expect(prepare(text)).rejects.toMatchObject({ code: "SECRETS_KEY_SERVICE", exit: 12 });
  });
});

describe("key groups", async () => {
  const parts = split(key, 3, 2);
  const group = async (index: number, { recipient }: { readonly recipient: string }) => ({
    hc_vault: null,
    age: [{ recipient, enc: await sealAge(parts[index]!, [parseRecipient(recipient)]) }],
  });
  const third = { kms: [{ ...OTHERS.kms[0], enc: "third" }], hc_vault: null, age: null };
  const key_groups = [await group(0, me), await group(1, other), third];
  const text = file({ age: null, key_groups, shamir_threshold: 2 });

  test("open with keys from as many as the threshold says", async () => {
    expect(record(open(text, [me.identity, other.identity]))).toEqual({ A: "v" });
    expect(refusal(() => open(text, [me.identity]))).toMatchObject({ code: "SECRETS_NO_IDENTITY" });
    expect(wrappedKeys(text, { file: "s" })).toMatchObject({ threshold: 2, groups: [[{}], [{}], [{}]] });
  });

  test("open with a service for what identities lack", async () => {
    const services = [keyService({ third: parts[2]! })];
    const dataKey = await prepareDataKey(
      text,
      { file: "s", identities: [other.identity], services, declared: [DECLARED] },
      signal,
    );
    expect(record(open(text, [], dataKey))).toEqual({ A: "v" });
    expect(services[0]!.asked).toHaveLength(1);
  });

  test.each(FILES)("are kept with their recipients: %s", async (target) => {
    const identities = [me.identity, other.identity];
    const recipients = [me.recipient, other.recipient];
    const previous = { text, file: "s", identities };
    const next = await writeSecrets(request({ file: target, previous, recipients }));
    const last = await writeSecrets(
      request({
        file: "t.json",
        previous: { text: next, file: target, identities },
        recipients,
        binding: { ...expected, revision: 2 },
      }),
    );
    const { shamir_threshold, key_groups: kept } = JSON.parse(last).sops;
    expect(shamir_threshold).toBe(2);
    const filled = key_groups.map((keys) =>
      Object.fromEntries(Object.entries(keys).filter(([, list]) => list)),
    );
    expect(kept).toEqual(filled);
  });

  test("are not split anew", async () => {
    const previous = { text, file: "s", identities: [me.identity, other.identity] };
    await expect(writeSecrets(request({ previous }))).rejects.toMatchObject({ code: "SECRETS_FOREIGN_KEYS" });
  });

  test.each([
    ["above their number", 4],
    ["of one", 1],
    ["of words", "two"],
  ])("with a threshold %s are malformed", (_, shamir_threshold) => {
    expect(refusal(() => open(file({ age: null, key_groups, shamir_threshold }), [me.identity])).code).toBe(
      "SECRETS_MALFORMED",
    );
  });
});
