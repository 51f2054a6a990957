import { expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { settingsReference } from "./reference.ts";

function referenceOf(declaration: string) {
  const text = `project: shop
environments: { development: {}, eu: { kind: production }, us: { kind: live } }
kinds: { live: { like: production } }
layers: []
settings: { A: ${declaration} }
`;
  const { project, findings } = readManifest(text, { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  return settingsReference(project!);
}

const NOTHING = {
  name: "A",
  type: "string",
  secret: false,
  required: [],
  default: null,
  values: [],
  pattern: null,
  min: null,
  max: null,
  phases: [],
  policy: null,
  otherwise: [],
  allowed: [],
  deprecated: null,
  doc: null,
  where: "ringfence.yaml:5:13",
};

test.each<[declaration: string, expected: Record<string, unknown>]>([
  ["{}", {}],
  ["{ required: true }", { required: ["development", "eu", "us"] }],
  ["{ required: [production] }", { required: ["eu", "us"] }],
  ["{ required: [us, development] }", { required: ["development", "us"] }],
  ["{ secret: true, doc: Opens it. }", { secret: true, doc: "Opens it." }],
  [
    "{ type: duration, min: 60s, max: 1d, default: 90m }",
    { type: "duration", min: "1m", max: "1d", default: "90m" },
  ],
  ["{ type: size, min: 1024 }", { type: "size", min: "1KiB" }],
  ["{ type: list, default: [a, 1] }", { type: "list", default: '["a",1]' }],
  ['{ default: "${B:-x}" }', { default: "${B:-x}" }],
  ["{ type: enum, values: [a, b] }", { type: "enum", values: ["a", "b"] }],
  ["{ phase: build, policy: logLevel }", { phases: ["build"], policy: "logLevel" }],
  [
    "{ type: size, in: { production: { required: true, min: 1MiB, default: 2MiB }, us: { max: 4MiB } } }",
    {
      type: "size",
      required: ["eu", "us"],
      otherwise: ["production: default 2MiB, at least 1MiB", "us: at most 4MiB"],
    },
  ],
  [
    "{ allow: { SECURITY_TLS: inside the cluster, ADVICE_CACHE: tested } }",
    { allowed: ["SECURITY_TLS: inside the cluster", "ADVICE_CACHE: tested"] },
  ],
  ["{ pattern: x+, deprecated: use B }", { pattern: "x+", deprecated: "use B" }],
])("%s", (declaration, expected) => {
  expect(referenceOf(declaration).settings).toEqual([{ ...NOTHING, ...expected }]);
});

test("the project and its environments, in the manifest's order", () => {
  expect(referenceOf("{}")).toMatchObject({ project: "shop", environments: ["development", "eu", "us"] });
});
