/** Which layer is written, as a table. */
import { expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { environmentOf, layersFor } from "../model/project.ts";
import { layerToSet } from "./index.ts";

const SECOND = "{ staging: { region: eu, short: stg }, production: }";
const ALONE = "{ staging: }";

function choose(layers: string, files: Readonly<Record<string, string>>, environments = SECOND) {
  const text = `project: shop\nenvironments: ${environments}\nlayers: ${layers}\n`;
  const { project, findings } = readManifest(text, { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  const environment = environmentOf(project!, "staging")!;
  const texts = layersFor(project!, environment).map((layer) => ({ ...layer, text: files[layer.path] }));
  return layerToSet(project!, environment, texts, "A")?.path;
}

test.each<[string, string, Readonly<Record<string, string>>, string | undefined]>([
  ["the last of its own", "[base.env, 'a/{env}.env', 'b/{env}.env']", {}, "b/staging.env"],
  ["the short name too", "['a/{env}.env', 'b/{short}.env']", {}, "b/stg.env"],
  ["the one that sets it", "['a/{env}.env', 'b/{env}.env']", { "a/staging.env": "A=1" }, "a/staging.env"],
  [
    "the highest that sets it",
    "['a/{env}.env', 'b/{env}.env', 'c/{env}.env']",
    { "a/staging.env": "A=1", "b/staging.env": "A=1" },
    "b/staging.env",
  ],
  ["not a shared one that sets it", "['a/{env}.env', base.env]", { "base.env": "A=1" }, "a/staging.env"],
  ["one that is for it only", "[base.env, { path: x.env, only: [staging] }]", {}, "x.env"],
  ["a region's only where it is set there", "['a/{env}.env', 'r/{region}.env']", {}, "a/staging.env"],
  ["a region's", "['a/{env}.env', 'r/{region}.env']", { "r/eu.env": "A=1" }, "r/eu.env"],
  ["none of its own", "[base.env]", { "base.env": "A=1" }, undefined],
  [
    "none above a final value",
    "[{ path: base.env, final: true }, 'a/{env}.env']",
    { "base.env": "A=1" },
    undefined,
  ],
  [
    "final, but it does not set it",
    "[{ path: base.env, final: true }, 'a/{env}.env']",
    { "base.env": "B=1" },
    "a/staging.env",
  ],
  [
    "final for other settings",
    "[{ path: base.env, final: [B] }, 'a/{env}.env']",
    { "base.env": "A=1" },
    "a/staging.env",
  ],
  [
    "the final one itself",
    "[{ path: 'a/{env}.env', final: true }, 'b/{env}.env']",
    { "a/staging.env": "A=1" },
    "a/staging.env",
  ],
  ["no program", "['a/{env}.env', { command: [node, '{env}.mjs'] }]", {}, "a/staging.env"],
])("%s", (_what, layers, files, path) => {
  expect(choose(layers, files)).toBe(path);
});

test("the file of the only environment is its own where it sets it", () => {
  expect(choose("[base.env]", { "base.env": "A=1" }, ALONE)).toBe("base.env");
  expect(choose("[base.env]", {}, ALONE)).toBeUndefined();
});
