import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHECK_STAGES, FINDING_CODES, stageOf } from "../model/finding-code.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES: Readonly<Record<string, string>> = {
  MANIFEST: "docs/manifest.md",
  SETTING: "docs/settings.md",
  RULE: "docs/config-check.md",
  SECURITY: "docs/config-check.md",
  ADVICE: "docs/config-check.md",
  TARGET: "docs/config-check.md",
  EXPECT: "docs/config-test.md",
  SCAN: "docs/config-test.md",
  ISOLATION: "docs/isolation.md",
  LEAK: "docs/secret-scan.md",
  REFERENCE: "docs/references.md",
};
const CODE = new RegExp(`"((?:${Object.keys(PAGES).join("|")})_[A-Z_]+)"`, "g");

function sources(): string[] {
  const files = readdirSync(new URL("src/", ROOT), { encoding: "utf8", recursive: true });
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith("finding-code.ts"))
    .map((file) => readFileSync(new URL(`src/${file}`, ROOT), "utf8"));
}

/** Codes of errors have the form of findings' codes where their room has such a name. */
function errorCodes(): Set<string> {
  const page = readFileSync(new URL("docs/errors.md", ROOT), "utf8");
  return new Set([...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!));
}

test("every code that the source finds is in the table with its stage, and the table has no other", () => {
  const errors = errorCodes();
  const found = sources().flatMap((text) => [...text.matchAll(CODE)].map(([, code]) => code!));
  const codes = [...new Set(found)].filter((code) => !errors.has(code)).sort();
  expect(codes.length).toBeGreaterThan(50);
  expect(Object.keys(FINDING_CODES).sort()).toEqual(codes);
  for (const code of codes) expect(CHECK_STAGES).toContain(stageOf(code));
});

test.each(Object.keys(PAGES))("every %s_ finding stands in its page as in the table", (prefix) => {
  const page = readFileSync(new URL(PAGES[prefix]!, ROOT), "utf8");
  const rows = [...page.matchAll(new RegExp(`^\\| \`(${prefix}_[A-Z_]+)\` \\| (.*) \\|$`, "gm"))];
  const documented = Object.fromEntries(rows.map(([, code, summary]) => [code, summary]));
  const known = Object.entries(FINDING_CODES).filter(([code]) => code.startsWith(`${prefix}_`));
  expect(known.length).toBeGreaterThan(0);
  expect(documented).toEqual(Object.fromEntries(known.map(([code, { summary }]) => [code, summary])));
});
