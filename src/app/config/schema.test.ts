import { describe, expect, test } from "vitest";
import * as z from "zod";
import { exportedSetting, exportSettings, resolve, settingsJsonSchema } from "../../config/index.ts";
import { readManifest } from "../../model/manifest.ts";
import { environmentOf, type Project } from "../../model/project.ts";

const SETTINGS = `
  NAME: { required: true, doc: What it is called. }
  CODE: { type: pattern, pattern: "[a-z]{2}|x" }
  COUNT: { type: integer, min: 1, max: 5, default: "3" }
  RATIO: { type: number, min: 0 }
  DEBUG: { type: boolean, default: false }
  SITE: { type: url, required: [production] }
  PORT: { type: port, min: 1024 }
  WAIT: { type: duration, min: 1s, default: 90s }
  ROOM: { type: size, max: 1KiB, default: 1KiB }
  LEVEL: { type: enum, values: [low, high] }
  HOSTS: { type: list }
  LIMITS: { type: object }
  ADMIN: { type: email }
  PEER: { type: host }
  NET: { type: cidr }
  DIR: { type: path }
  BASE: { default: "\${NAME}/x" }
  OLD: { deprecated: use NAME }
  TOKEN: { secret: true, required: true }
`;

function projectOf(): Project {
  const text = `project: shop\nenvironments: { development: {}, staging: {}, production: {} }\nlayers: [a.json]\nsettings:${SETTINGS}`;
  const { project, findings } = readManifest(text, { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  return project!;
}

const project = projectOf();
const schemaOf = (name: string) => settingsJsonSchema(project, environmentOf(project, name)!);
const staging = schemaOf("staging");
// zod's own type for schemas is narrower than JSON Schema is.
const validator = (schema: object) => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const FULL = { NAME: "shop", TOKEN: "t" };

describe("the schema of staging", () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ["what is required", {}, true],
    ["a required text that is empty", { NAME: "" }, false],
    ["a required setting left out", { NAME: undefined }, false],
    ["a pattern", { CODE: "ab" }, true],
    ["a pattern means the whole value, on either side of a bar", { CODE: "xyz" }, false],
    ["a bound", { COUNT: 5 }, true],
    ["beyond a bound", { COUNT: 6 }, false],
    ["a text for an integer", { COUNT: "5" }, false],
    ["half an integer", { COUNT: 1.5 }, false],
    ["a number", { RATIO: 0.5 }, true],
    ["a boolean", { DEBUG: true }, true],
    ["a word for a boolean", { DEBUG: "yes" }, false],
    ["a port below its bound", { PORT: 80 }, false],
    ["a port beyond all ports", { PORT: 65_536 }, false],
    ["a duration", { WAIT: "1h30m" }, true],
    ["a duration without unit", { WAIT: "90" }, false],
    ["an empty duration", { WAIT: "" }, false],
    ["a size", { ROOM: 1024 }, true],
    ["a size beyond its bound", { ROOM: 1025 }, false],
    ["one of its values", { LEVEL: "low" }, true],
    ["none of its values", { LEVEL: "mid" }, false],
    ["a list", { HOSTS: ["a", 1] }, true],
    ["a text for a list", { HOSTS: "a,b" }, false],
    ["an object", { LIMITS: { a: 1 } }, true],
    ["a list for an object", { LIMITS: [] }, false],
    ["no e-mail address", { ADMIN: "nobody" }, false],
    ["an empty path", { DIR: "" }, false],
  ])("%s", (_what, values, fits) => {
    expect(validator(staging).safeParse({ ...FULL, ...values }).success).toBe(fits);
  });

  test("says what else is known", () => {
    const properties = staging.properties as Record<string, object>;
    expect(properties).toMatchObject({
      NAME: { description: "What it is called.", "x-ringfence-type": "string" },
      COUNT: { default: 3 },
      WAIT: { default: "90s", "x-ringfence-minimum": 1000, "x-ringfence-type": "duration" },
      ROOM: { default: 1024, maximum: 1024 },
      DEBUG: { default: false },
      OLD: { deprecated: true, description: "Deprecated: use NAME" },
      TOKEN: { writeOnly: true },
    });
    expect(properties.BASE).not.toHaveProperty("default");
  });
});

test("what is required follows the environment", () => {
  expect(staging.required).toEqual(["NAME", "TOKEN"]);
  expect(schemaOf("production").required).toEqual(["NAME", "SITE", "TOKEN"]);
});

test("an export as JSON fits it", () => {
  const values = {
    NAME: "shop",
    CODE: "x",
    COUNT: "4",
    RATIO: "1e-3",
    DEBUG: "on",
    SITE: "https://a.test/",
    PORT: 8080,
    WAIT: "1m",
    ROOM: "512B",
    LEVEL: "high",
    HOSTS: "a,b",
    LIMITS: { a: { b: null } },
    ADMIN: "a@b.test",
    PEER: "10.1.0.1",
    NET: "10.0.0.0/8",
    DIR: "./x",
    OLD: "",
  };
  const { settings, findings } = resolve({
    project,
    environment: environmentOf(project, "development")!,
    layers: [{ declaration: project.layers[0]!, path: "a.json", text: JSON.stringify(values) }],
    secrets: [{ name: "TOKEN", value: "t", place: { file: "s.yaml", line: 1, column: 1 } }],
    process: {},
    rules: "unasked",
    references: undefined,
  });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const exported = [...settings.values()].map((setting) => exportedSetting(setting));
  const text = exportSettings("json", exported, { project: "shop", environment: "development" });
  expect(Object.keys(JSON.parse(text))).toHaveLength(project.settings.length);
  expect(validator(schemaOf("development")).safeParse(JSON.parse(text)).error).toBeUndefined();
});
