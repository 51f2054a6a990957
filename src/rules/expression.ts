/**
 * CEL expressions (the Common Expression Language): parsed once, with the names that they read, evaluated on plain
 * values. What CEL's own messages quote may be a secret, so none of them leaves this file.
 */
import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import type { SettingType, SettingValue } from "../model/setting.ts";

export type Outcome =
  | { readonly kind: "value"; readonly value: boolean }
  /** It gives something else than true or false. */
  | { readonly kind: "no truth" }
  /** The values that it reads don't go together: a text compared with a number, something that is not there. */
  | { readonly kind: "misfit" };

export interface Expression {
  /** Names that it reads from outside, in the order of their first use. */
  readonly reads: readonly string[];
  /** What it reads by member, whole: `policy.backups.keep` as its three parts. */
  readonly members: readonly (readonly string[])[];
  /** A name that the values lack has an unknown value: what hangs on it is a misfit. */
  evaluate(values: Readonly<Record<string, unknown>>): Outcome;
}

const cel = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });

/** The macros whose first argument is a name of their own. */
const BINDING = new Set(["all", "exists", "exists_one", "existsOne", "map", "filter"]);

function isNode(value: unknown): value is ASTNode {
  return value !== null && typeof value === "object" && "op" in value && "args" in value;
}

/** `a.b["c"]` as its names; undefined for everything else. */
function memberPath(node: ASTNode): readonly string[] | undefined {
  if (node.op === "id") return [node.args];
  if (node.op !== "." && node.op !== "[]") return undefined;
  const [owner, member] = node.args;
  const name: unknown = isNode(member) && member.op === "value" ? member.args : member;
  const path = memberPath(owner);
  return path && typeof name === "string" ? [...path, name] : undefined;
}

interface Found {
  readonly reads: Set<string>;
  readonly members: (readonly string[])[];
}

function collect(value: unknown, bound: ReadonlySet<string>, found: Found): void {
  if (Array.isArray(value)) for (const item of value) collect(item, bound, found);
  if (!isNode(value)) return;
  const path = memberPath(value);
  if (path) {
    if (bound.has(path[0]!)) return;
    found.reads.add(path[0]!);
    if (path.length > 1) found.members.push(path);
    return;
  }
  if (value.op !== "rcall" || !BINDING.has(value.args[0])) {
    collect(value.args, bound, found);
    return;
  }
  const [, target, [variable, ...rest]] = value.args;
  collect(target, bound, found);
  const inner = variable?.op === "id" ? new Set([...bound, variable.args]) : bound;
  collect(rest, inner, found);
}

/** The column, counted from 1, at which an expression stops being one; or the expression. */
export function parseExpression(text: string): Expression | { readonly badAt: number } {
  try {
    const parsed = cel.parse(text);
    const found: Found = { reads: new Set(), members: [] };
    collect(parsed.ast, new Set(), found);
    const { reads, members } = found;
    return { reads: [...reads], members, evaluate: (values) => evaluate(parsed, values) };
  } catch (error) {
    if (error instanceof ParseError) return { badAt: (error.node?.pos ?? 0) + 1 };
    throw error;
  }
}

function evaluate(parsed: ReturnType<typeof cel.parse>, values: Readonly<Record<string, unknown>>): Outcome {
  try {
    const value: unknown = parsed({ ...values });
    return typeof value === "boolean" ? { kind: "value", value } : { kind: "no truth" };
  } catch (error) {
    // The library throws plain errors as well, such as for an operator of which two forms fit.
    if (error instanceof Error) return { kind: "misfit" };
    throw error;
  }
}

/** A typed value as CEL has it: whole numbers are `int`, durations `duration`; everything else is what it looks like. */
export function celValue(type: SettingType | undefined, value: SettingValue): unknown {
  if (type === "duration" && typeof value === "number") return cel.evaluate(`duration("${value}ms")`);
  const isWhole = type === "integer" || type === "port" || type === "size" || type === undefined;
  if (typeof value === "number") return isWhole && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(undefined, item));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, celValue(undefined, item)]));
  }
  return value;
}
