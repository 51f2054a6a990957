import { expect, test } from "vitest";
import type { SettingReference } from "../../model/setting-reference.ts";
import { renderReference } from "./reference.ts";

const PLAIN: SettingReference = {
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
  where: "ringfence.yaml:1:1",
};

/** The last row of the page's table of one setting that has a default and a meaning. */
function rowOf(setting: Partial<SettingReference>): string {
  const full = { ...PLAIN, default: "x", doc: "what", required: ["dev"], ...setting };
  return renderReference({ project: "shop", environments: ["dev", "prod"], settings: [full] })
    .split("\n")
    .at(-1)!;
}

test.each<[string, Partial<SettingReference>, string]>([
  ["plain", {}, "| `A` | string | dev | `x` | what |"],
  ["required everywhere", { required: ["dev", "prod"] }, "| `A` | string | everywhere | `x` | what |"],
  ["bounds", { type: "duration", min: "1s", max: "1h" }, "| `A` | duration, 1s to 1h | dev | `x` | what |"],
  ["one bound", { type: "port", min: "1024" }, "| `A` | port, from 1024 | dev | `x` | what |"],
  ["the other bound", { type: "size", max: "1MiB" }, "| `A` | size, up to 1MiB | dev | `x` | what |"],
  ["values", { type: "enum", values: ["on", "off"] }, "| `A` | enum, `on`, `off` | dev | `x` | what |"],
  ["a bar and backquotes", { pattern: "a|`b``" }, "| `A` | string, ``` a\\|`b`` ``` | dev | `x` | what |"],
  ["a secret", { secret: true }, "| `A` | string, **secret** | dev | `x` | what |"],
  ["an empty default", { default: "" }, "| `A` | string | dev | empty | what |"],
  [
    "several lines, spaces kept",
    { default: "a  b", doc: "one\ntwo" },
    "| `A` | string | dev | `a  b` | one two |",
  ],
  ["deprecated", { deprecated: "use B" }, "| `A` | string | dev | `x` | what | use B |"],
  [
    "what is allowed",
    { allowed: ["SECURITY_TLS: a|b", "ADVICE_CACHE: c"] },
    "| `A` | string | dev | `x` | what; allowed: SECURITY_TLS: a\\|b; allowed: ADVICE_CACHE: c |",
  ],
  ["a column that says nothing", { doc: null }, "| `A` | string | dev | `x` |"],
])("%s", (_what, setting, row) => {
  expect(rowOf(setting)).toBe(row);
});

test("deprecated settings stand in a section of their own, behind the others", () => {
  const settings = [
    { ...PLAIN, name: "OLD", deprecated: "use NEW" },
    { ...PLAIN, name: "NEW" },
  ];
  const page = renderReference({ project: "shop", environments: ["dev"], settings });
  expect(page.match(/^#.*|`(?:OLD|NEW)`/gm)).toEqual([
    "# Settings of shop",
    "`NEW`",
    "## Deprecated",
    "`OLD`",
  ]);
  expect(renderReference({ project: "shop", environments: ["dev"], settings: [] })).toContain("No settings");
});
