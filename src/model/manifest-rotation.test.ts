/** What a secret says of its rotation, and the mistakes in it, each at its place. */
import { describe, expect, test } from "vitest";
import { readManifest } from "./manifest.ts";

const HEAD = "project: shop\nenvironments:\n  local:\nsettings:\n";
const DAY_MS = 86_400_000;

function read(settings: string) {
  return readManifest(HEAD + settings, { root: "/", file: "ringfence.yaml" });
}

describe("rotate", () => {
  const plain = {
    everyMs: undefined,
    generate: undefined,
    length: undefined,
    overlapMs: 0,
    hook: undefined,
    verify: undefined,
  };
  test.each<[string, object]>([
    ["30d", { ...plain, everyMs: 30 * DAY_MS }],
    ["manual", plain],
    ["{ generate: jwt }", { ...plain, generate: "jwt" }],
    [
      "{ every: 12w6d, generate: rsa, length: 4096, overlap: 36h }",
      { ...plain, everyMs: 90 * DAY_MS, generate: "rsa", length: 4096, overlapMs: 1.5 * DAY_MS },
    ],
    [
      "{ every: 30d, hook: { command: [a, b] }, verify: { command: [c], timeout: 5s } }",
      {
        ...plain,
        everyMs: 30 * DAY_MS,
        hook: { command: ["a", "b"], timeoutMs: 30_000 },
        verify: { command: ["c"], timeoutMs: 5_000 },
      },
    ],
  ])("%s", (rotate, expected) => {
    const { project, findings } = read(`  X: { secret: true, rotate: ${rotate} }\n`);
    expect(findings).toEqual([]);
    expect(project!.settings[0]!.rotation).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ["{ rotate: 30d }", ["MANIFEST_ROTATION 5:8"]],
    ["{ secret: true, rotate: yearly }", ["MANIFEST_VALUE 5:30"]],
    ["{ secret: true, rotate: 30 }", ["MANIFEST_TYPE 5:30"]],
    ["{ secret: true, rotate: 0s }", ["MANIFEST_ROTATION 5:22"]],
    ["{ secret: true, rotate: { every: 1d, overlap: 1d } }", ["MANIFEST_ROTATION 5:22"]],
    ["{ secret: true, rotate: { every: 30d, generate: pasword } }", ["MANIFEST_VALUE 5:54"]],
    ["{ secret: true, rotate: { generat: password } }", ["MANIFEST_UNKNOWN_KEY 5:32"]],
    ["{ secret: true, rotate: { length: 20 } }", ["MANIFEST_ROTATION 5:22"]],
    ["{ secret: true, rotate: { generate: uuid, length: 20 } }", ["MANIFEST_ROTATION 5:22"]],
    ["{ secret: true, rotate: { generate: jwt, length: 31 } }", ["MANIFEST_ROTATION 5:22"]],
    ["{ secret: true, rotate: { generate: jwt, length: 32 } }", []],
    ["{ secret: true, rotate: { hook: { command: [] } } }", ["MANIFEST_VALUE 5:49"]],
    ["{ secret: true, rotate: { hook: npm run x } }", ["MANIFEST_TYPE 5:38"]],
  ])("%s", (setting, expected) => {
    const { findings } = read(`  X: ${setting}\n`);
    expect(findings.map(({ code, where }) => `${code} ${/:(\d+:\d+)/.exec(where)![1]}`)).toEqual(expected);
  });

  test("an overlap brings a setting for the former value, unless there is one", () => {
    const rotate = "secret: true, required: true, rotate: { overlap: 1d }";
    const names = (settings: string) =>
      read(settings).project!.settings.map(({ name, required }) => [name, required]);
    expect(names(`  X: { ${rotate} }\n  Y: {}\n`)).toEqual([
      ["X", true],
      ["X_PREVIOUS", false],
      ["Y", false],
    ]);
    expect(names(`  X: { ${rotate} }\n  X_PREVIOUS: { secret: true }\n`)).toHaveLength(2);
  });
});
