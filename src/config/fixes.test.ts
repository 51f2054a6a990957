import { describe, expect, test } from "vitest";
import { fixedText, fixesFor, fixWords } from "./index.ts";
import { resolvedProject, type Scene } from "./test-scene.ts";

const SETTINGS = `LEVEL: { type: enum, values: [DEBUG, INFO] }
CASES: { type: enum, values: [a, A] }
LIMIT: { type: integer }
OLD: { replacedBy: NEW }
NEW: { default: x }
KIND: { type: enum, values: [ONE], secret: true }`;

/** The fixes of a scene in words, and its files after them. */
function fixed(files: Record<string, string>, scene: Partial<Scene> = {}) {
  const { project, layers, resolution } = resolvedProject({ settings: SETTINGS, files, ...scene });
  const fixes = fixesFor(resolution, layers);
  const texts = layers
    .filter(({ path }) => fixes.some((fix) => fix.path === path))
    .map((layer) => [layer.path, fixedText(layer, fixes, project.settings)]);
  return { words: fixes.map(fixWords), files: Object.fromEntries(texts) };
}

describe("a fix is made for", () => {
  test.each([
    [
      "a key that stands twice: what wins stays",
      ".env",
      "# first\nLIMIT=1 # one\nLEVEL=INFO\nexport LIMIT=2\nLIMIT=3 # three\n",
      "# first\nLEVEL=INFO\nLIMIT=3 # three\n",
    ],
    ["an enum in another case", ".env", "LEVEL='info' # c\n", "LEVEL='INFO' # c\n"],
    ["an enum with white space around it", ".env", 'LEVEL=" INFO "\n', 'LEVEL="INFO"\n'],
    ["an enum in YAML", "env/staging.yaml", "level: info # c\nlimit: 1\n", "level: INFO # c\nlimit: 1\n"],
    ["a setting that gave way", ".env", "A_B=1\nOLD=y # c\n", "A_B=1\nNEW=y # c\n"],
    ["a setting that gave way in YAML", "env/staging.yaml", "old: y # c\n", "new: y # c\n"],
  ])("%s", (_what, path, before, after) => {
    expect(fixed({ [path]: before }).files).toEqual({ [path]: after });
  });

  test("a setting that gave way, in every layer that sets it", () => {
    const files = { ".env": "OLD=1\n", "env/staging.yaml": "old: 2\n" };
    expect(fixed(files).files).toEqual({ ".env": "NEW=1\n", "env/staging.yaml": "new: 2\n" });
  });
});

describe("no fix is made for", () => {
  test.each([
    ["a setting that gave way to one that is set", { ".env": "OLD=1\nNEW=2\n" }],
    ["one that gave way to one that is taken away", { ".env": "OLD=1\nNEW=<unset>\n" }],
    ["two values that differ in case alone", { ".env": 'CASES=" a "\n' }],
    ["a mistyped name", { ".env": "LEVL=INFO\nLIMTI=1\n" }],
    ["a mistyped value", { ".env": "LEVEL=INFOO\n" }],
    ["a value that refers to others", { ".env": `A=info\nLEVEL=\${A}\n` }],
    [
      "keys that stand twice in YAML, where none is said to win",
      { "env/staging.yaml": "limit: 1\nlimit: 2\n" },
    ],
    ["a secret in plain", { ".env": "KIND=one\n" }],
  ])("%s", (_what, files) => {
    expect(fixed(files).words).toEqual([]);
  });

  test("what the process environment or the secrets file sets", () => {
    expect(fixed({}, { process: { LEVEL: "info", OLD: "1" } }).words).toEqual([]);
    expect(fixed({ ".env": "OLD=1" }, { secrets: { OLD: "2" } }).words).toEqual([]);
  });
});

test("deleting what loses changes no value, in no dialect", () => {
  for (const dialect of ["ringfence", "dotenv", "compose", "node"]) {
    const layers = `[{ path: .env, dialect: ${dialect} }]`;
    const before = { ".env": 'A=1\nB="x\n y"\nA=2\nB=z\nC=3\n' };
    expect(fixed(before, { layers }).files).toEqual({ ".env": "A=2\nB=z\nC=3\n" });
  }
});
