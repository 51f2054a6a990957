/** What rules are handed of a resolution, and what becomes of them where nobody holds them against it. */
import { expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { environmentOf, layersFor } from "../model/project.ts";
import { type ResolveInput, resolve } from "./resolve.ts";

const MANIFEST = `project: shop
environments: { development: }
layers: [.env]
settings: { GOOD: { type: integer }, MISFIT: { type: integer }, FAILED: , PLACEHOLDER: , MISSING: , SEALED: { secret: true }, READER: { secret: true } }
rules: [{ require: GOOD > 1 }, { require: GOOD > 2 }]
`;
const LAYER = `GOOD=3
MISFIT=three
FAILED=\${NOBODY}
PLACEHOLDER=<change-me>
READER=\${SEALED}
`;

function findings(rules: ResolveInput["rules"]) {
  const { project } = readManifest(MANIFEST, { root: "/p", file: "ringfence.yaml" });
  const environment = environmentOf(project!, "development")!;
  const layers = layersFor(project!, environment).map((layer) => ({ ...layer, text: LAYER }));
  const place = { file: "secrets/development.yaml", line: 1, column: 1 };
  const secrets = [{ name: "SEALED", value: undefined, place }];
  return resolve({
    project: project!,
    environment,
    layers,
    secrets,
    process: {},
    rules,
    references: undefined,
  }).findings;
}

test("settings without a value that counts are told apart", () => {
  let unusable: string[] = [];
  findings((_, facts) => {
    unusable = [...facts.unusable];
    return [];
  });
  expect(unusable.sort()).toEqual(["FAILED", "MISFIT", "PLACEHOLDER", "READER"]);
});

test.each([
  ["nobody will look", "unasked", []],
  ["nobody can", undefined, ["error ringfence.yaml:5:9", "error ringfence.yaml:5:32"]],
] as const)("rules where %s", (_, rules, expected) => {
  const about = findings(rules).filter(({ code }) => code === "RULE_UNKNOWN");
  expect(about.map(({ severity, where }) => `${severity} ${where}`)).toEqual(expected);
});
