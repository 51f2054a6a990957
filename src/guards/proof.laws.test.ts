import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IsolationProof } from "../model/isolation.ts";
import { facts, fingerprint, LONG, proof, type Texts } from "./proof-scene.ts";

describe("laws", () => {
  const name = fc.constantFrom("API_TOKEN", "U", "secret S", "sealed X", "JOBS_QUEUE", "DATA_DIR", "PORT");
  const text = fc.constantFrom(
    LONG,
    `${LONG}-2`,
    "postgres://a@db.x/a",
    "redis://r.x",
    "s3://u-1",
    "/srv/a",
    "/srv/a/b",
    "3000",
  );
  const texts = fc.dictionary(name, text, { maxKeys: 4 });
  const hosts = fc.subarray(["a-*", "b-*"]);
  const some = fc.tuple(texts, hosts);
  const made = (named: string, [values, patterns]: readonly [Texts, string[]]) =>
    facts(named, values, { hosts: patterns });
  const verdictOf = ({ pairs }: IsolationProof, a: string, b: string) => {
    const pair = pairs.find(({ between }) => between.includes(a) && between.includes(b))!;
    return { verdict: pair.verdict, shared: pair.contaminations.length };
  };

  test("what is kept in another store and not read here is unknown, and one entry for both is contamination", () => {
    const kept = (entry: string) => ({ "secret A": `vault://${entry}` });
    expect(proof([facts("a", kept("a")), facts("b", kept("b"))]).verdict).toBe("unknown");
    expect(proof([facts("a", kept("a")), facts("b", kept("a"))]).verdict).toBe("contaminated");
  });

  test("a verdict does not depend on order, nor on other environments", () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const [one, other, third] = [made("a", a), made("b", b), made("c", c)];
        const alone = verdictOf(proof([one, other]), "a", "b");
        expect(verdictOf(proof([other, one]), "a", "b")).toEqual(alone);
        expect(verdictOf(proof([third, other, one]), "a", "b")).toEqual(alone);
      }),
    );
  });

  test("an environment is never isolated from its copy, unless it has nothing; what is sealed is never isolated", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const sealed = { ...b, "sealed X": "" };
        expect(proof([facts("a", a), facts("b", sealed)]).verdict).not.toBe("isolated");
        expect(
          proof([facts("a", { ...a, API_TOKEN: LONG }), facts("b", { ...a, API_TOKEN: LONG })]).verdict,
        ).toBe("contaminated");
      }),
    );
  });

  test("the verdict hangs on no key, and no value is in the proof", () => {
    const pair = [
      facts("a", { "secret A": LONG, B: `https://u:${LONG}@x.y/` }),
      facts("b", { "secret A": LONG }),
    ];
    const one = proof(pair, { fingerprint: fingerprint("one") });
    expect(proof(pair, { fingerprint: fingerprint("other") })).toEqual(one);
    expect(fingerprint("one")(LONG)).not.toBe(fingerprint("other")(LONG));
    expect(JSON.stringify(one)).not.toContain(LONG);
  });
});
