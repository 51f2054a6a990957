import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);

function codesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, code]) => code!))].sort();
}

test.each([
  ["MANIFEST", "src/model", "docs/manifest.md"],
  ["SETTING", "src/config", "docs/settings.md"],
])("every %s_ finding stands in its page, and the page names no other", (prefix, folder, page) => {
  const files = readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const source = files.map((file) => readFileSync(new URL(`${folder}/${file}`, ROOT), "utf8")).join("\n");
  const documented = codesIn(
    readFileSync(new URL(page, ROOT), "utf8"),
    new RegExp(`\`(${prefix}_[A-Z_]+)\``, "g"),
  );
  expect(documented.length).toBeGreaterThan(10);
  expect(documented).toEqual(codesIn(source, new RegExp(`"(${prefix}_[A-Z_]+)"`, "g")));
});
