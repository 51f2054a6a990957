/** Values that refer to themselves: in the dialects of others they read what is below, in our own they are a circle. */
import { describe, expect, test } from "vitest";
import { explain } from "./index.ts";
import { codes, resolved, type Scene } from "./test-scene.ts";

const LAYERS =
  "[{ path: base.yaml, optional: true }, { path: own.env, optional: true }, { path: a.env, dialect: compose, optional: true }, { path: b.env, dialect: dotenv, optional: true }, { path: c.env, dialect: compose, optional: true }]";

const scene = (files: Scene["files"], more: Partial<Scene> = {}) =>
  resolved({ layers: LAYERS, settings: "A: {}\nB: {}", files: files!, ...more });

describe("a value that refers to itself reads what is below", () => {
  const rows: [title: string, files: Scene["files"], text: string, more?: Partial<Scene>][] = [
    ["its default where nothing is", { "a.env": "A=${A:-3000}" }, "3000"],
    ["a lower layer", { "own.env": "A=1", "a.env": "A=${A:-3000}" }, "1"],
    ["a lower layer of another format", { "base.yaml": "a: 1", "b.env": "A=${A:-3000}" }, "1"],
    ["the declared default", { "a.env": "A=${A:-3000}" }, "80", { settings: "A: { default: '80' }" }],
    ["the empty text counts as unset", { "own.env": "A=", "a.env": "A=${A:-3000}" }, "3000"],
    ["or not, as the operator says", { "own.env": "A=", "a.env": "A=[${A-3000}]" }, "[]"],
    ["more is added", { "own.env": "A=1", "a.env": "A=$A,2" }, "1,2"],
    [
      "level by level, in any dialect",
      { "own.env": "A=1", "a.env": "A=$A,2", "b.env": "A=${A},3", "c.env": "A=${A:-x},4" },
      "1,2,3,4",
    ],
    ["more than once", { "own.env": "A=1", "a.env": "A=${A}$A", "c.env": "A=${A}${A}" }, "1111"],
    ["an alternative", { "own.env": "A=1", "a.env": "A=${A:+${A} and more}" }, "1 and more"],
    ["a default of a default", { "own.env": "A=1", "a.env": "A=${B:-${A:-3000}}" }, "1"],
    ["references of the lower value", { "own.env": "A=${B}1\nB=0", "a.env": "A=${A}2" }, "012"],
    ["nothing under a removal", { "base.yaml": "a: 1\n", "own.env": "A=<unset>", "a.env": "A=${A:-2}" }, "2"],
    ["the process environment is above", { "a.env": "A=${A:-3000}" }, "8080", { process: { A: "8080" } }],
    [
      "the lower value is literal where its quotes say so",
      { "own.env": "A='${B}'", "a.env": "A=${A}!" },
      "${B}!",
    ],
  ];
  test.each(rows)("%s", (_title, files, text, more) => {
    const resolution = scene(files, more);
    expect(codes(resolution)).toEqual([]);
    expect(resolution.settings.get("A")?.text).toBe(text);
  });

  test("another setting reads the final value, and the history shows every layer", () => {
    const resolution = scene(
      { "own.env": "B=0\nA=${B}1", "a.env": "A=${A:-9}2", "c.env": "C=<$A>" },
      { settings: "A: {}\nB: {}\nC: {}" },
    );
    expect(resolution.settings.get("C")?.text).toBe("<012>");
    const { layers, references } = explain(resolution, "A");
    expect(layers.map(({ source, value, wins }) => [source, value, wins])).toEqual([
      ["own.env", "${B}1", false],
      ["a.env", "${A:-9}2", true],
    ]);
    expect(references).toEqual(["B"]);
    expect([...resolution.settings.keys()]).toEqual(["A", "B", "C"]);
  });
});

describe("mistakes", () => {
  const rows: [title: string, files: Scene["files"], codes: string[]][] = [
    ["own dialect", { "own.env": "A=${A:-1}" }, ["error SETTING_CYCLE own.env:1:1"]],
    [
      "own dialect below another",
      { "own.env": "A=${A:-1}", "a.env": "A=${A:-2}" },
      ["error SETTING_CYCLE own.env:1:1"],
    ],
    ["nothing is below a plain reference", { "a.env": "A=$A" }, ["warning SETTING_REFERENCE a.env:1:1"]],
    ["something must be below", { "a.env": "A=${A:?set it}" }, ["error SETTING_REFERENCE a.env:1:1"]],
    [
      "the lower value is broken",
      { "own.env": "A=${", "c.env": "A=${A:-1}" },
      ["error SETTING_INTERPOLATION own.env:1:1"],
    ],
    [
      "a circle through another setting",
      { "a.env": "B=${A}\nA=${B}", "c.env": "A=${A:-1}" },
      ["error SETTING_CYCLE a.env:1:1"],
    ],
  ];
  test.each(rows)("%s", (_title, files, expected) => {
    const resolution = scene(files);
    expect(codes(resolution)).toEqual(expected);
    for (const { why } of resolution.findings) expect(why).not.toContain("\u0000");
  });
});

describe("secrets", () => {
  const settings = "A: {}\nB: {}\nTOKEN: { secret: true }";

  test("a value above one that reads a secret is secret", () => {
    const files = { "own.env": "A=x${TOKEN}", "a.env": "A=${A}y", "c.env": "A=${A}z" };
    const { settings: found } = scene(files, { settings, secrets: { TOKEN: "planted" } });
    expect(found.get("A")).toMatchObject({ text: "xplantedyz", secret: true, references: ["TOKEN"] });
    const history = found.get("A")!.history;
    expect(history.map(({ value }) => value)).toEqual([undefined, undefined, undefined]);
  });

  test("one that is sealed is found once, at the value that reads it", () => {
    const files = { "own.env": "A=${TOKEN}", "a.env": "A=${A:-y}" };
    const resolution = scene(files, { settings, secrets: { TOKEN: undefined } });
    expect(codes(resolution)).toEqual(["error SETTING_SEALED_REFERENCE own.env:1:1"]);
    expect(resolution.settings.get("A")?.text).toBe("");
  });

  const rows: [title: string, text: string, codes: string[], value: string][] = [
    ["a default stands there in plain, and is one", "TOKEN=${TOKEN:-planted}", ["error"], "planted"],
    ["what is added stands there in plain", "TOKEN=${TOKEN-}planted", ["error"], "planted"],
    ["an empty default is none", "TOKEN=${TOKEN:-}", [], ""],
    ["only what is below", "TOKEN=${TOKEN-}", [], ""],
    ["other secrets put together", "TOKEN=${OTHER}${TOKEN:-}", [], "o"],
  ];
  test.each(rows)("a secret that refers to itself: %s", (_title, text, severities, value) => {
    const resolution = scene(
      { "a.env": text },
      {
        settings: "TOKEN: { secret: true }\nOTHER: { secret: true }",
        secrets: { OTHER: "o" },
      },
    );
    expect(codes(resolution)).toEqual(
      severities.map((severity) => `${severity} SETTING_SECRET_IN_PLAIN a.env:1:1`),
    );
    expect(resolution.settings.get("TOKEN")).toMatchObject({ text: value, secret: true });
    expect(JSON.stringify(resolution.findings)).not.toContain("planted");
  });
});
