import { describe, expect, test } from "vitest";
import { codes, resolved, texts } from "./test-scene.ts";

describe("interpolation", () => {
  const rows: [files: string, expected: string][] = [
    ["A=1\nB=${A}${A}", "11"],
    ["B=${A:-none}", "none"],
    ["A=\nB=${A:-none}", "none"],
    ["A=\nB=[${A}]", "[]"],
    ["C=3\nB=${A:-x${C}y${D:-z}}", "x3yz"],
    ["A=1\nB=$${A}", "${A}"],
    ["A=1\nB=$$${A}", "$${A}"],
    ["A=1\nB=$A $ $(A)", "$A $ $(A)"],
    ["A=1\nB='${A}'", "${A}"],
    ['A=1\nB="\\${A} ${A} \\$${A}"', "${A} 1 $1"],
    ["A=1\nB=a}b{${A}}", "a}b{1}"],
    ["A=1\nB=${A:?must be there}", "1"],
  ];
  test.each(rows)("%j", (text, expected) => {
    const resolution = resolved({ settings: "A: {}\nB: {}\nC: {}\nD: {}", files: { ".env": text } });
    expect(resolution.findings).toEqual([]);
    expect(resolution.settings.get("B")?.text).toBe(expected);
  });

  test("reads final values, whichever layer they come from, and texts inside lists", () => {
    const resolution = resolved({
      settings: "HOST: { default: a }\nURL: { default: 'http://${HOST}' }\nLIST: { type: list }",
      files: { "env/staging.env": "HOST=b", "env/staging.yaml": "list: ['${HOST}', 1]" },
    });
    expect(texts(resolution)).toEqual({ HOST: "b", URL: "http://b", LIST: '["b",1]' });
    expect(resolution.settings.get("LIST")?.value).toEqual(["b", 1]);
  });

  const wrong: [files: string, code: string, why: string, fix: string][] = [
    ["A=${B}\nB=${A}", "SETTING_CYCLE", "references run in a circle: A → B → A", "without its reference"],
    ["A=${A:-1}", "SETTING_CYCLE", "A → A: the value refers to itself", "write the value itself"],
    ["A=${LONGNMAE}\nLONGNAME=1", "SETTING_REFERENCE", "A refers to LONGNMAE", "write ${LONGNAME}"],
    ["A=${C}", "SETTING_REFERENCE", "A refers to C, which has no value in staging", "set C"],
    ["A=${B:?is needed}", "SETTING_REFERENCE", "A needs B: is needed", "set B for staging"],
    ["A=${B", "SETTING_INTERPOLATION", "${B is not closed", "write ${NAME}"],
    ["A=${}", "SETTING_INTERPOLATION", "not followed by the name", "write ${NAME}"],
    ["A=${B-x}", "SETTING_INTERPOLATION", "only }, :- or :?", "write ${NAME}"],
    [`A=${"${B:-".repeat(60)}`, "SETTING_INTERPOLATION", "nested deeper", "write ${NAME}"],
  ];
  test.each(wrong)("%j is %s", (text, code, why, fix) => {
    const { findings } = resolved({ settings: "A: {}\nB: {}\nC: {}\nLONGNAME: {}", files: { ".env": text } });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code, severity: "error", setting: "A", where: ".env:1:1" });
    expect(findings[0]?.why).toContain(why);
    expect(findings[0]?.fix).toContain(fix);
  });

  test("values that double each other are stopped", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `A${i}=${i ? `\${A${i - 1}}\${A${i - 1}}` : "x"}`);
    const resolution = resolved({ files: { ".env": lines.join("\n") } });
    expect(codes(resolution)).toEqual(["error SETTING_INTERPOLATION .env:19:1"]);
  });
});
