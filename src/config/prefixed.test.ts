import { expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { environmentOf, layersFor } from "../model/project.ts";
import { resolve } from "./index.ts";

const MANIFEST = (settings: string) => `project: shop
environments:
  development: { short: dev, prefix: DEV_ }
  staging: {}
  production: { short: prod, prefix: PROD_ }
layers: [.env?, "config/{short}/.env?"]
settings: ${settings}`;

interface Scene {
  readonly settings?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

function settled(name: string, { settings = "{ API_KEY: {} }", files, secrets = {} }: Scene) {
  const { project, findings } = readManifest(MANIFEST(settings), { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  const environment = environmentOf(project!, name)!;
  const resolution = resolve({
    project: project!,
    environment,
    layers: layersFor(project!, environment).map((layer) => ({ ...layer, text: files[layer.path] })),
    secrets: Object.entries(secrets).map(([key, value]) => ({
      name: key,
      value,
      place: { file: "secrets", line: 1, column: 1 },
    })),
    process: { DEV_TOKEN: "from the shell" },
    rules: "unasked",
    references: undefined,
  });
  return {
    values: Object.fromEntries([...resolution.settings].map(([key, { text }]) => [key, text])),
    findings: resolution.findings
      .filter(({ severity }) => severity === "error")
      .map(({ code, setting, where }) => `${code} ${setting} ${where}`),
  };
}

const SHARED = { ".env": "API_KEY=general\nDEV_API_KEY=of-development\nPROD_API_KEY=of-production\n" };
const DECLARED = "{ DEV_TOKEN: { required: true }, PROD_TOKEN: { required: true } }";

test.each<[string, string, Scene, Record<string, string>, string[]]>([
  ["its own prefix gives the setting", "development", { files: SHARED }, { API_KEY: "of-development" }, []],
  ["of several, the environment's own", "production", { files: SHARED }, { API_KEY: "of-production" }, []],
  ["without a prefix the general one", "staging", { files: SHARED }, { API_KEY: "general" }, []],
  [
    "the prefixed one counts though it stands above",
    "development",
    { files: { ".env": "DEV_API_KEY=own\nAPI_KEY=general\n" } },
    { API_KEY: "own" },
    [],
  ],
  [
    "a later layer still wins",
    "development",
    { files: { ".env": "DEV_API_KEY=own\n", "config/dev/.env": "API_KEY=later\n" } },
    { API_KEY: "later" },
    [],
  ],
  [
    "a declared name keeps its prefix, and is nobody else's",
    "development",
    { settings: DECLARED, files: { ".env": "DEV_TOKEN=d\nPROD_TOKEN=p\n" } },
    { DEV_TOKEN: "from the shell" },
    [],
  ],
  [
    "nor is it taken from the process environment",
    "production",
    { settings: DECLARED, files: { ".env": "DEV_TOKEN=d\nPROD_TOKEN=p\n" } },
    { PROD_TOKEN: "p" },
    [],
  ],
  [
    "refused in a layer of its own",
    "production",
    { files: { "config/prod/.env": "API_KEY=k\nDEV_API_KEY=x\n" } },
    { API_KEY: "k" },
    ["SETTING_PREFIX DEV_API_KEY config/prod/.env:2:1"],
  ],
  [
    "refused in the secrets file",
    "development",
    { files: {}, secrets: { DEV_API_KEY: "mine", PROD_API_KEY: "not mine" } },
    { API_KEY: "mine" },
    ["SETTING_PREFIX PROD_API_KEY secrets:1:1"],
  ],
  [
    "a prefix alone is no variable of anybody",
    "production",
    { settings: "{ DEV_: {} }", files: { "config/prod/.env": "DEV_=x\n" } },
    { DEV_: "x" },
    [],
  ],
])("%s", (_name, environment, scene, values, findings) => {
  expect(settled(environment, scene)).toEqual({ values, findings });
});
