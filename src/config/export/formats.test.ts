import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolved, texts } from "../test-scene.ts";
import { secretReference } from "./ecs.ts";
import { type ExportedSetting, exportedSetting } from "./exported-setting.ts";
import { EXPORT_FORMATS, type ExportFormat, exportSettings } from "./formats.ts";

const OPTIONS = { project: "shop", environment: "staging" };

function setting(name: string, text: string, more: Partial<ExportedSetting> = {}): ExportedSetting {
  return { name, value: text, text, secret: false, where: `.env:1:1`, ...more };
}

const SETTINGS: readonly ExportedSetting[] = [
  setting("LEVEL", "INFO"),
  setting("LIMIT", "10", { value: 10 }),
  setting("GREETING", "it's $5,\n${not} a reference"),
  setting("HOSTS", "a,b", { value: ["a", "b"] }),
  setting("TOKEN", "100%\nsafe", { secret: true, reference: "arn:shop/staging/token" }),
];

const EXPECTED: Readonly<Record<Exclude<ExportFormat, "docker">, string>> = {
  dotenv: `LEVEL=INFO
LIMIT=10
GREETING=\`it's $5,
\${not} a reference\`
HOSTS=a,b
TOKEN='100%
safe'
`,
  json: `{
  "LEVEL": "INFO",
  "LIMIT": 10,
  "GREETING": "it's $5,\\n\${not} a reference",
  "HOSTS": [
    "a",
    "b"
  ],
  "TOKEN": "100%\\nsafe"
}
`,
  yaml: `LEVEL: "INFO"
LIMIT: 10
GREETING: "it's $5,\\n\${not} a reference"
HOSTS: ["a", "b"]
TOKEN: "100%\\nsafe"
`,
  shell: `export LEVEL='INFO'
export LIMIT='10'
export GREETING='it'\\''s $5,
\${not} a reference'
export HOSTS='a,b'
export TOKEN='100%
safe'
`,
  kubernetes: `apiVersion: v1
kind: ConfigMap
metadata:
  name: "shop-staging"
  labels:
    app.kubernetes.io/managed-by: "ringfence"
    app.kubernetes.io/part-of: "shop"
    environment: "staging"
data:
  LEVEL: "INFO"
  LIMIT: "10"
  GREETING: "it's $5,\\n\${not} a reference"
  HOSTS: "a,b"
---
apiVersion: v1
kind: Secret
metadata:
  name: "shop-staging"
  labels:
    app.kubernetes.io/managed-by: "ringfence"
    app.kubernetes.io/part-of: "shop"
    environment: "staging"
type: Opaque
data:
  TOKEN: "MTAwJQpzYWZl"
`,
  ecs: `{
  "environment": [
    {
      "name": "LEVEL",
      "value": "INFO"
    },
    {
      "name": "LIMIT",
      "value": "10"
    },
    {
      "name": "GREETING",
      "value": "it's $5,\\n\${not} a reference"
    },
    {
      "name": "HOSTS",
      "value": "a,b"
    }
  ],
  "secrets": [
    {
      "name": "TOKEN",
      "valueFrom": "arn:shop/staging/token"
    }
  ]
}
`,
  tfvars: `level = "INFO"
limit = 10
greeting = "it's $5,\\n$\${not} a reference"
hosts = ["a", "b"]
token = "100%\\nsafe"
`,
  github: `LEVEL=INFO
LIMIT=10
GREETING<<RINGFENCE_END
it's $5,
\${not} a reference
RINGFENCE_END
HOSTS=a,b
TOKEN<<RINGFENCE_END
100%
safe
RINGFENCE_END
`,
  "github-mask": "::add-mask::100%25%0Asafe\n",
};

describe("the same settings as", () => {
  test.each(Object.entries(EXPECTED))("%s", (format, expected) => {
    expect(exportSettings(format as ExportFormat, SETTINGS, OPTIONS)).toBe(expected);
  });

  test.each(EXPORT_FORMATS)("%s: no settings at all are no error", (format) => {
    expect(exportSettings(format, [], OPTIONS)).toMatch(/^$|\n$/);
  });
});

describe("what a format can't hold is refused, at the setting's place and without its value", () => {
  const rows: [why: string, ExportFormat, ExportedSetting[]][] = [
    ["a line end", "docker", [setting("A", "secret\nvalue")]],
    ["a carriage return at the end", "docker", [setting("A", "secret value\r")]],
    ["a line of 64 KiB", "docker", [setting("A", "x".repeat(65_536 - "A=\n".length + 1))]],
    ["names that differ in case", "tfvars", [setting("a", "1"), setting("A", "2")]],
    [
      "the same reference",
      "ecs",
      ["A_B", "a_b"].map((name) => setting(name, "x", { secret: true, reference: "r" })),
    ],
    ["a name of GitHub's", "github", [setting("GITHUB_TOKEN", "x")]],
    ["NODE_OPTIONS", "github", [setting("NODE_OPTIONS", "x")]],
    [
      "more than 1 MiB",
      "kubernetes",
      [setting("B", "é".repeat(2 ** 18)), setting("A", "x".repeat(2 ** 19 + 1))],
    ],
  ];
  test.each(rows)("%s: %s", (_why, format, settings) => {
    const refused = expect.objectContaining({ code: "CONFIG_INEXPRESSIBLE", where: ".env:1:1" });
    expect(() => exportSettings(format, settings, OPTIONS)).toThrow(refused);
    expect(() => exportSettings(format, settings, OPTIONS)).not.toThrow(/secret/);
  });

  test("one byte less is no mistake", () => {
    expect(
      exportSettings("docker", [setting("A", "x".repeat(65_536 - "A=\n".length))], OPTIONS),
    ).toHaveLength(65_536);
    const most = [setting("B", "é".repeat(2 ** 18)), setting("A", "x".repeat(2 ** 19))];
    expect(exportSettings("kubernetes", most, OPTIONS)).toContain("ConfigMap");
  });
});

describe("names of Kubernetes objects", () => {
  test.each([
    [{ name: "shop" }, true],
    [{ name: "shop.example.com" }, true],
    [{ name: "x".repeat(253) }, true],
    [{ name: "x".repeat(254) }, false],
    [{ name: "Shop" }, false],
    [{ name: "shop-" }, false],
    [{ name: "a..b" }, false],
    [{ name: "" }, false],
    [{ namespace: "apps" }, true],
    [{ namespace: "a.b" }, false],
    [{ namespace: "x".repeat(64) }, false],
    [{ environment: "prod-" }, false],
    [{ environment: "prod-", name: "shop-prod" }, true],
  ])("%o: %s", (options, fits) => {
    const exported = () => exportSettings("kubernetes", [], { ...OPTIONS, ...options });
    if (fits) expect(exported()).toContain("ConfigMap");
    else expect(exported).toThrow(expect.objectContaining({ code: "CONFIG_EXPORT_OPTION" }));
  });
});

test("secrets are named in a manager as the seed names them", () => {
  const prefix = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
  expect(secretReference(prefix, { project: "taskmanager", environment: "production" }, "DATABASE_URL")).toBe(
    `${prefix}taskmanager/production/database-url`,
  );
});

/** One declaration a type, with texts that fit it. */
const TYPES: Readonly<Record<string, readonly [declaration: string, texts: readonly string[]]>> = {
  T_STRING: ["", ["", "a b", "it's", "1.10", "yes", "null", " x ", "two\nlines", "#5"]],
  T_INTEGER: ["type: integer", ["10", "-3", "007"]],
  T_NUMBER: ["type: number", ["0.5", "1e3", "-2", "1e-7", "1e21"]],
  T_BOOLEAN: ["type: boolean", ["yes", "OFF", "1"]],
  T_URL: ["type: url", ["postgres://u:p@h/db?x=1#y"]],
  T_PORT: ["type: port", ["8080"]],
  T_DURATION: ["type: duration", ["90m", "1h30m"]],
  T_SIZE: ["type: size", ["10MiB", "512"]],
  T_ENUM: ["type: enum, values: [on, A]", ["on", "A"]],
  T_LIST: ["type: list", ["a,b", '["x,y", 1]', ""]],
  T_OBJECT: ["type: object", ['{"a": {"b": [1, null]}}']],
};
const DECLARED = Object.entries(TYPES)
  .map(([name, [declaration]]) => `${name}: { ${declaration} }`)
  .join("\n");

describe("resolve, export, and resolve what was exported: the same values", () => {
  const row = fc.record(
    Object.fromEntries(Object.entries(TYPES).map(([name, [, all]]) => [name, fc.constantFrom(...all)])),
  );
  const resolvedFrom = (file: string, text: string) => {
    const resolution = resolved({ settings: DECLARED, layers: `[${file}]`, files: { [file]: text } });
    expect(resolution.findings).toEqual([]);
    return resolution;
  };

  test.each([
    ["dotenv", "layer.env"],
    ["json", "layer.json"],
    ["yaml", "layer.yaml"],
  ] as const)("%s", (format, file) => {
    const law = fc.property(row, (values) => {
      const first = resolvedFrom("first.json", JSON.stringify(values));
      const exported = [...first.settings.values()].map((one) => exportedSetting(one));
      const second = resolvedFrom(file, exportSettings(format, exported, OPTIONS));
      const typed = ({ settings }: typeof first) =>
        [...settings.values()].map(({ name, value }) => [name, value]);
      expect(typed(second)).toEqual(typed(first));
      if (format === "dotenv") expect(texts(second)).toEqual(texts(first));
    });
    fc.assert(law, { numRuns: 50 });
  });
});

test.each([
  ["VERSION: 1.10", "1.10"],
  ["VERSION: 12345678901234567890", "12345678901234567890"],
  ["VERSION: .inf", ".inf"],
  ["VERSION: 3", 3],
  ["VERSION: true", true],
])("undeclared %s loses nothing", (yaml, expected) => {
  const resolution = resolved({ layers: "[a.yaml]", files: { "a.yaml": yaml } });
  expect(exportedSetting(resolution.settings.get("VERSION")!).value).toBe(expected);
});

test("a setting says where it was set", () => {
  const { settings } = resolved({ settings: "A: { default: x }", files: { ".env": "\n A=1\n" } });
  expect(exportedSetting(settings.get("A")!)).toEqual(setting("A", "1", { where: ".env:2:2" }));
});
