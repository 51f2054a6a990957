/** Settings whose values other stores keep, as a resolution has them before and after those were asked. */
import { describe, expect, test } from "vitest";
import type { ReferenceReader } from "../model/secret-reference.ts";
import { explain } from "./index.ts";
import { codes, resolved, type Scene, texts } from "./test-scene.ts";

const failed = (code: "REFERENCE_INVALID" | "REFERENCE_UNAVAILABLE") =>
  ({ kind: "failed", code, why: "missing: there is none", fix: "make it" }) as const;

/** `ref:name`: unasked, unless it is told. */
function reader(values: Readonly<Record<string, string>> = {}): ReferenceReader {
  return (text) => {
    if (!text.startsWith("ref:")) return undefined;
    const name = text.slice(4);
    if (name === "") return failed("REFERENCE_INVALID");
    if (name === "lost") return failed("REFERENCE_UNAVAILABLE");
    const value = values[name];
    return value === undefined ? { kind: "unasked" } : { kind: "value", text: value };
  };
}

const SETTINGS = [
  "PASSWORD: { secret: true, required: true }",
  "URL: {}",
  "OTHER: { secret: true, reference: false }",
  "PLAIN: {}",
].join("\n");

const scene = (changes: Partial<Scene>): Scene => ({ settings: SETTINGS, references: reader(), ...changes });
const layer = (text: string) => ({ ".env": text });

describe("unasked", () => {
  const one = resolved(scene({ files: layer(`PASSWORD=ref:a\nURL=pg://u:\${PASSWORD}@h\nPLAIN=x\n`) }));

  test("its value is unknown, and so is what reads it; that is no error", () => {
    expect(codes(one)).toEqual(["advice REFERENCE_UNASKED .env:1:1"]);
    for (const name of ["PASSWORD", "URL"]) {
      const setting = one.settings.get(name)!;
      expect(setting).toMatchObject({ secret: true, sealed: true, value: null, text: "" });
      expect(setting.pending).toEqual([
        { setting: "PASSWORD", text: "ref:a", place: { file: ".env", line: 1, column: 1 } },
      ]);
    }
    expect(one.settings.get("PLAIN")!.pending).toBeUndefined();
  });

  test("its history has the reference, and no value", () => {
    expect(explain(one, "PASSWORD")).toMatchObject({
      value: null,
      layers: [{ value: null, reference: "ref:a" }],
    });
  });

  test("a list is not merged before all of it is known", () => {
    const settings = "LIST: { type: list, secret: true, merge: append }";
    const files = { ".env": "LIST=ref:list\n", "env/staging.env": 'LIST=["b"]\n' };
    const unasked = resolved({ settings, files, environment: "staging", references: reader() });
    expect(unasked.settings.get("LIST")).toMatchObject({ sealed: true, text: "" });
    const asked = resolved({
      settings,
      files,
      environment: "staging",
      references: reader({ list: '["a"]' }),
    });
    expect(texts(asked).LIST).toBe('["a","b"]');
  });

  test("a lower layer's reference is not needed", () => {
    const files = { ".env": "PASSWORD=ref:a\n" };
    const two = resolved(scene({ files, secrets: { PASSWORD: "own-value" } }));
    expect(texts(two).PASSWORD).toBe("own-value");
    expect(two.settings.get("PASSWORD")!.pending).toBeUndefined();
    expect(codes(two)).toEqual([]);
  });
});

describe("asked", () => {
  test("the value is literal, and stands wherever it is read", () => {
    const files = layer(`PASSWORD=ref:a\nURL=pg://u:\${PASSWORD}@h\n`);
    const one = resolved(scene({ files, references: reader({ a: `p\${PLAIN}` }) }));
    expect(texts(one)).toMatchObject({ PASSWORD: `p\${PLAIN}`, URL: `pg://u:p\${PLAIN}@h` });
    expect(codes(one)).toEqual([]);
  });

  test("an answer is not read as a reference again", () => {
    const one = resolved(scene({ files: layer("PASSWORD=ref:a\n"), references: reader({ a: "ref:b" }) }));
    expect(texts(one).PASSWORD).toBe("ref:b");
  });

  test.each([
    ["PASSWORD=ref:lost", "error REFERENCE_UNAVAILABLE .env:1:1"],
    ["PASSWORD=ref:", "error REFERENCE_INVALID .env:1:1"],
  ])("%s", (text, code) => {
    const one = resolved(scene({ files: layer(`${text}\nURL=\${PASSWORD}\n`) }));
    expect(codes(one)).toEqual([code]);
    expect(one.settings.get("URL")).toMatchObject({ value: null, text: "" });
  });

  test("an empty answer is no value", () => {
    const one = resolved(scene({ files: layer("PASSWORD=ref:a\n"), references: reader({ a: "" }) }));
    expect(codes(one)).toEqual(["error SETTING_MISSING .env:1:1"]);
  });
});

describe("what is no reference", () => {
  const known = reader({ a: "value" });
  test("of a setting that is no secret", () => {
    const files = layer("PASSWORD=ref:a\nPLAIN=ref:a\n");
    expect(texts(resolved(scene({ files, references: known }))).PLAIN).toBe("ref:a");
  });
  test("where the declaration says so", () => {
    const one = resolved(scene({ secrets: { OTHER: "ref:a", PASSWORD: "ref:a" }, references: known }));
    expect(texts(one)).toMatchObject({ OTHER: "ref:a", PASSWORD: "value" });
  });
  test("in the process environment", () => {
    const process = { PASSWORD: "ref:a" };
    expect(texts(resolved(scene({ process, references: known }))).PASSWORD).toBe("ref:a");
  });
});
