import { expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { Suggestions } from "./suggestions.ts";
import { namesIn, parseTemplate, type TemplateSyntax } from "./template.ts";

function names(text: string, syntax: TemplateSyntax): string[] | string {
  const template = parseTemplate(text, syntax);
  return template.ok ? [...namesIn(template.parts)] : template.why;
}

test.each<[syntax: TemplateSyntax, text: string, expected: string[] | string]>([
  ["ringfence", "$A ${B} ${C:-${D}} $${E}", ["B", "C", "D"]],
  ["ringfence", "${A-x}", "after ${A only }, :- or :? may follow"],
  ["dotenv", "$A ${B} ${C:-$D} ${E+${F}} \\$G", ["A", "B", "C", "D", "E", "F"]],
  ["dotenv", "${A?x}", "after ${A only }, :-, -, :+ or + may follow"],
  ["dotenv", "${B${A}}", "after ${B only }, :-, -, :+ or + may follow"],
  ["compose", "$A ${B} ${C:-$D} ${E+${F}} $$G ${H?$I}", ["A", "B", "C", "D", "E", "F", "H"]],
  ["compose", "${A:x}", "after ${A only }, :-, -, :+, +, :? or ? may follow"],
  ["compose", "${A:-secret", "${A is not closed with } in its line"],
  ["dotenv", "${A:-".repeat(60) + "}".repeat(60), "references are nested deeper than 50 levels"],
  ["compose", "${A:-".repeat(60) + "}".repeat(60), "references are nested deeper than 50 levels"],
])("%s names in %j", (syntax, text, expected) => {
  expect(names(text, syntax)).toEqual(expected);
});

test("what is not set is the empty text with a warning in the syntaxes of others, an error in our own", () => {
  const severities = (["ringfence", "dotenv", "compose"] as const).map((syntax) => {
    const place = { file: ".env", line: 1, column: 1 };
    const source = {
      origin: "layer",
      source: ".env",
      place,
      secret: false,
      sealed: false,
      final: false,
      removes: false,
    } as const;
    const { settings, problems } = evaluate({
      winners: new Map([["A", { ...source, value: "[${B}]", text: "[${B}]", interpolated: true, syntax }]]),
      below: () => undefined,
      environment: "local",
      isDeclared: () => true,
      suggestions: new Suggestions([]),
    });
    return [settings.get("A")?.value, ...problems.map(({ code, severity }) => `${severity} ${code}`)];
  });
  expect(severities).toEqual([
    [null, "undefined SETTING_REFERENCE"],
    ["[]", "warning SETTING_REFERENCE"],
    ["[]", "warning SETTING_REFERENCE"],
  ]);
});
