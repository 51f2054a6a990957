/** Rules, expectations and meant differences in the manifest: their shapes, and what is made of them. */
import * as z from "zod";
import type { Design, Expectation, ExpectedValue, Rule } from "./rule.ts";
import type { SettingValue } from "./setting.ts";
import { nodeAt, placeOf, plainValue, type SourceNode } from "./source-tree.ts";

const words = z.array(z.string().min(1)).min(1);

/** One entry under `rules`. */
export const ruleSchema = z
  .strictObject({
    name: z.string().min(1).optional().describe("What findings call it."),
    when: z.string().min(1).optional().describe("CEL: the rule counts where this is true."),
    require: z.string().min(1).describe("CEL over the settings by name: what must be true."),
    message: z.string().min(1).optional().describe("What is wrong where it is not met."),
    fix: z.string().min(1).optional().describe("What to do then."),
    severity: z.enum(["error", "warning", "advice"]).optional().describe("error where left out."),
    only: words.optional().describe("Environments and kinds that it is for; all where left out."),
  })
  .describe("A condition that settings must meet together.");

const bound = z.union([z.number(), z.string()]);
const literal = z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown())]);
const expected = z.strictObject({
  is: z.unknown().optional().describe("The value that it must have."),
  not: z.unknown().optional().describe("A value that it must not have."),
  min: bound.optional().describe("Smallest value, with units for a duration or size."),
  max: bound.optional().describe("Largest value, with units for a duration or size."),
  matches: z.string().min(1).optional().describe("A regular expression that the whole text must match."),
  set: z.boolean().optional().describe("Whether it must have a value, or must have none."),
});

/** What `expect` holds: settings with a value, or what it must be like, by environment, kind or `all`. */
export const expectSchema = z.record(
  z.string(),
  z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.union([literal, expected])),
);

/** The rules of a manifest without mistakes. */
export function rulesOf(rules: readonly z.output<typeof ruleSchema>[], root: SourceNode): Rule[] {
  return rules.map(({ name, when, require, message, fix, severity, only }, index) => ({
    name: name ?? require,
    when,
    require,
    message: message ?? `${require} must hold`,
    fix,
    severity: severity ?? "error",
    only,
    place: placeOf(root, ["rules", index]),
  }));
}

/** The expectations below a node that {@link expectSchema} accepts. @param path of the node in the tree */
export function expectationsAt(root: SourceNode, path: readonly string[]): Expectation[] {
  const section = nodeAt(root, path);
  if (section?.kind !== "map") return [];
  return [...section.entries].flatMap(([target, { value }]) =>
    value.kind === "map"
      ? [...value.entries].map(([setting, entry]) => ({
          target,
          setting,
          expected: expectedValue(plainValue(entry.value)),
          place: entry.keyPlace,
        }))
      : [],
  );
}

function expectedValue(value: SettingValue): ExpectedValue {
  const isDetailed = value !== null && typeof value === "object" && !Array.isArray(value);
  return isDetailed ? (value as ExpectedValue) : { is: value };
}

/** The meant differences of a manifest without mistakes. */
export function designsOf(byDesign: Readonly<Record<string, string>>, root: SourceNode): Design[] {
  return Object.entries(byDesign).map(([pattern, reason]) => ({
    pattern,
    reason,
    place: placeOf(root, ["byDesign", pattern]),
  }));
}
