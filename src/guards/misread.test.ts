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
