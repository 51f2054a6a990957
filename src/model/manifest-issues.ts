/** Turns what the schema says about a manifest into findings with a place, a reason and a fix. */
import type * as z from "zod";
import { nearest } from "../base/nearest.ts";
import type { FindingDraft } from "./finding-list.ts";
import { formatOf } from "./manifest-formats.ts";
import { manifestJsonSchema } from "./manifest-schema.ts";
import { nodeAt, placeOf, type SourceNode } from "./source-tree.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(branches) : [schema];
}

/** The keys that the manifest's schema knows at a path. */
function knownKeys(path: Path): string[] {
  let at = branches(manifestJsonSchema());
  for (const step of path) {
    at = at.flatMap((schema) => {
      const next =
        (Object.hasOwn(schema.properties ?? {}, step) ? schema.properties?.[String(step)] : undefined) ??
        (schema.additionalProperties || undefined) ??
        schema.items;
      return next ? branches(next) : [];
    });
  }
  return at.flatMap((schema) => Object.keys(schema.properties ?? {}));
}

/** `environments.staging.ports`, or the manifest itself. */
function spell(path: Path): string {
  return path.length === 0 ? "the manifest" : path.map(String).join(".");
}

/** Where people put values, and so perhaps a secret in the wrong place. */
const VALUES: readonly PropertyKey[] = ["settings", "rules", "expect", "templates"];

/** What stands at a path. Where it may be a secret only what it is like: no secret is known yet that could be masked. */
function quote(node: SourceNode | undefined, path: Path): string {
  if (node?.kind !== "scalar") return node?.kind === "list" ? "a list" : "a map of keys";
  if (typeof node.value === "string" && VALUES.includes(path[0]!)) return "a text";
  if (typeof node.value === "number" && VALUES.includes(path[0]!)) return "a number";
  return JSON.stringify(node.value);
}

function unknownKeys(root: SourceNode, path: Path, keys: readonly string[]): FindingDraft[] {
  const known = knownKeys(path);
  return keys.map((key) => {
    const meant = nearest(key, known);
    return {
      code: "MANIFEST_UNKNOWN_KEY",
      place: placeOf(root, [...path, key]),
      why: `${spell(path)} has no key ${key}`,
      fix: meant ? `write ${meant}` : `delete it; the keys here are ${known.join(", ")}`,
    };
  });
}

function wrongType(root: SourceNode, path: Path, expected: string): FindingDraft {
  const node = nodeAt(root, path);
  const place = node && path.length > 0 ? node.place : placeOf(root, path);
  const wanted = EXPECTED[expected] ?? expected;
  if (!node) {
    const key = String(path.at(-1));
    const why = `${spell(path.slice(0, -1))} has no ${key}, which is needed`;
    return { code: "MANIFEST_MISSING", place, why, fix: `add ${key}: with ${wanted}` };
  }
  const given = node.kind === "scalar" && node.value === null ? "is empty" : `is ${quote(node, path)}`;
  const hint =
    expected === "string" && node.kind === "scalar" ? "put the value in quotes" : `write ${wanted}`;
  return { code: "MANIFEST_TYPE", place, why: `${spell(path)} ${given}, expected ${wanted}`, fix: hint };
}

function wrongFormat(root: SourceNode, path: Path, pattern: string, code: string): FindingDraft {
  const format = formatOf(pattern);
  const given = code === "MANIFEST_NAME" ? JSON.stringify(path.at(-1)) : quote(nodeAt(root, path), path);
  return {
    code,
    place:
      code === "MANIFEST_NAME" ? placeOf(root, path) : (nodeAt(root, path)?.place ?? placeOf(root, path)),
    why: `${given} is no ${format?.noun ?? "value that fits here"}`,
    fix: format ? `write one like ${format.example}` : "correct it",
  };
}

/** Of a union, the branch that the value was meant for: the one it doesn't miss altogether. */
function unionFindings(root: SourceNode, path: Path, errors: readonly (readonly Issue[])[]): FindingDraft[] {
  const meant = errors.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type"),
  );
  // Of several forms of a map the one with the fewest mistakes is meant: another lacks the key that makes it.
  const nearestForm = meant.toSorted((a, b) => a.length - b.length)[0];
  if (nearestForm) return nearestForm.flatMap((issue) => findingsOf(root, issue, path));
  const expected = errors
    .flat()
    .flatMap((issue) => ("expected" in issue ? [EXPECTED[issue.expected] ?? issue.expected] : []));
  return [wrongType(root, path, [...new Set(expected)].join(" or "))];
}

/** The findings of one issue. @param above the path of what the issue's own path begins at */
export function findingsOf(root: SourceNode, issue: Issue, above: Path = []): FindingDraft[] {
  const path: Path = [...above, ...issue.path];
  const node = nodeAt(root, path);
  const place = node?.place ?? placeOf(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(root, path, issue.keys);
    case "invalid_type":
      return [wrongType(root, path, issue.expected)];
    case "invalid_union":
      return unionFindings(root, path, issue.errors);
    case "invalid_key":
      return issue.issues.flatMap((inner) =>
        inner.code === "invalid_format"
          ? [wrongFormat(root, path, inner.pattern ?? "", "MANIFEST_NAME")]
          : [],
      );
    case "invalid_format":
      return [wrongFormat(root, path, issue.pattern ?? "", "MANIFEST_VALUE")];
    case "invalid_value": {
      const known = issue.values.map(String);
      const meant = node?.kind === "scalar" ? nearest(node.text, known) : undefined;
      // What is nearly one of them is a slip of the pen.
      const given = node?.kind === "scalar" && meant ? JSON.stringify(node.value) : quote(node, path);
      const why = `${spell(path)} is ${given}, expected one of ${known.join(", ")}`;
      if (!node) return [wrongType(root, path, `one of ${known.join(", ")}`)];
      return [{ code: "MANIFEST_VALUE", place, why, fix: `write ${meant ?? known.join(" or ")}` }];
    }
    case "too_small":
    case "too_big": {
      const limit = String(issue.code === "too_small" ? issue.minimum : issue.maximum);
      const least = issue.code === "too_small" ? "at least" : "at most";
      const many = issue.origin === "number" || issue.origin === "int" ? "" : " of them";
      const why = `${spell(path)} is ${quote(node, path)}, expected ${least} ${limit}${many}`;
      return [{ code: "MANIFEST_VALUE", place, why, fix: `write ${least} ${limit}${many}` }];
    }
    default:
      return [
        { code: "MANIFEST_VALUE", place, why: `${spell(path)}: ${issue.message}`, fix: "correct the value" },
      ];
  }
}
