/** What was once misread, so that something shared counted as isolated, or a password was shown. */
import { describe, expect, test } from "vitest";
import { facts, LONG, proof, shared, type Texts } from "./proof-scene.ts";

/** What two environments with the same texts share. */
const same = (texts: Texts) => shared(facts("a", texts), facts("b", texts));

describe("a word of a placeholder", () => {
  test.each<[Texts, string[]]>([
    [{ U: "postgres://app:changeme@db.shop.com/shop" }, ["database+account U|U"]],
    [{ UPLOADS_BUCKET: "example-uploads" }, ["bucket UPLOADS_BUCKET|UPLOADS_BUCKET"]],
    [{ UPLOADS_BUCKET: "<uploads>" }, []],
    [{ API_TOKEN: "changeme-and-more" }, []],
  ])("%j takes no more than the credential out of the proof", (texts, expected) => {
    expect(same(texts)).toEqual(expected);
  });

  test("lists the secrets that prove nothing", () => {
    const texts: Texts = { "secret A": "changeme-please", "secret B": "<from-vault>", "secret C": LONG };
    expect(proof([facts("a", texts)]).compared[0]!.weak).toEqual(["A", "B"]);
  });
});

describe("a secret whose inside is not understood", () => {
  const jwk = (more: object) => JSON.stringify({ kty: "oct", k: LONG, ...more });
  const pem = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  const sealed = pem(
    "RSA PRIVATE KEY",
    "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123\n\nAAAABBBBCCCCDDDD",
  );
  const withKey = (body: string) => JSON.stringify({ cert: pem("PRIVATE KEY", body), api_token: LONG });

  test.each<[string, string, string, number]>([
    ["a JSON Web Key", jwk({}), jwk({}), 1],
    ["a JSON Web Key under another id", jwk({ kid: "a" }), jwk({ kid: "b" }), 1],
    ["JSON with half a character", '{"a":"\\ud800-text"}', '{"a":"\\ud800-text"}', 1],
    ["a list", JSON.stringify([LONG, `${LONG}-a`]), JSON.stringify([`${LONG}-b`, LONG]), 1],
    [
      "JSON of which nothing is known",
      '{"a":12345678,"b":"some-text"}',
      '{"b": "some-text", "a": 12345678}',
      1,
    ],
    [
      "JSON in which the known part is weak",
      '{"password":"test","b":"some-text"}',
      '{"password":"test","b":"some-text"}',
      1,
    ],
    ["other JSON of which nothing is known", '{"a":12345678}', '{"a":12345679}', 0],
    ["a key with a passphrase", sealed, sealed, 1],
    ["a key that is cut off", sealed.slice(0, 80), sealed.slice(0, 80), 1],
    ["JSON with another key and the same token", withKey("AAAABBBB"), withKey("CCCCDDDD"), 1],
    ["an address of an unknown scheme", `discord://${LONG}@1`, `discord://${LONG}@1`, 1],
    ["the key in such an address", `discord://${LONG}@1`, `discord://${LONG}@2`, 1],
    ["such an address without a key", "gopher://x/some-text", "gopher://x/some-text", 1],
    [
      "keys of their own on one curve",
      `${pem("EC PARAMETERS", "BggqhkjOPQMBBw==")}${pem("EC PRIVATE KEY", "AAAA")}`,
      `${pem("EC PARAMETERS", "BggqhkjOPQMBBw==")}${pem("EC PRIVATE KEY", "BBBB")}`,
      0,
    ],
  ])("%s", (_name, a, b, count) => {
    const found = shared(facts("a", { "secret A": a }), facts("b", { "secret B": b }));
    expect(found).toEqual(count === 0 ? [] : ["credential A|B"]);
  });
});
