/** The page's table of policies by kind is what the kinds bring. `UPDATE_GOLDEN=1` rewrites it. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatDuration } from "../base/units.ts";
import { KIND_NAMES, KIND_POLICIES } from "./kind.ts";
import { manifestJsonSchema } from "./manifest.ts";
import type { PolicyName } from "./policy.ts";

const PAGE = new URL("../../docs/config-check.md", import.meta.url);
const TABLE = /(?<=<!-- policies by kind -->\n).*?(?=<!-- end -->)/s;

/** Where the manifest spells a policy otherwise than by its name. */
const SPELT: Partial<Record<PolicyName, string>> = {
  uptimePercent: "uptime.percent",
  uptimeHours: "uptime.hours",
  tokenLifetimeMs: "tokenLifetime",
  backupRetentionMs: "backups.keep",
  runOutput: "run.output",
  runRecordRequired: "run.record",
  signedSecrets: "secrets.signed",
  strictSettings: "settings.strict",
  observeMs: "rollout.observe",
};

function cell(name: PolicyName, value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return name.endsWith("Ms") ? formatDuration(value) : String(value);
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "–";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

function policyTable(): string {
  const names = Object.keys(KIND_POLICIES.local) as PolicyName[];
  const rows = names.map((name) => [
    `\`${SPELT[name] ?? name}\``,
    ...KIND_NAMES.map((kind) => cell(name, KIND_POLICIES[kind][name])),
  ]);
  const all = [["policy", ...KIND_NAMES], ["policy", ...KIND_NAMES].map(() => "---"), ...rows];
  return `${all.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

test("every policy but the one that comes with the kind can be overridden as the page spells it", () => {
  const { properties } = manifestJsonSchema() as { properties: Record<string, never> };
  const text = JSON.stringify(properties.environments);
  for (const name of Object.keys(KIND_POLICIES.local) as PolicyName[]) {
    if (name === "production") continue;
    for (const key of (SPELT[name] ?? name).split(".")) expect(text).toContain(`"${key}":`);
  }
});

test("the page shows every policy of every kind", () => {
  const page = readFileSync(PAGE, "utf8");
  const now = page.replace(TABLE, policyTable());
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(PAGE, now);
  expect(TABLE.test(page)).toBe(true);
  expect(readFileSync(PAGE, "utf8")).toBe(now);
});
