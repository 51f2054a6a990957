/**
 * The language of rules held against CEL's own conformance vectors (cel-spec's simple tests, from the package
 * `@bufbuild/cel-spec`): the core of the language, without protobuf messages, enums and extensions.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { evaluate } from "@marcbachmann/cel-js";
import { expect, test } from "vitest";
import { describeWith } from "../../test/components.ts";
import { DIFFERENCES } from "./conformance.fixture.ts";
import { parseExpression } from "./expression.ts";

/** A value as protobuf's JSON has it. */
interface VectorValue {
  readonly nullValue?: null;
  readonly boolValue?: boolean;
  readonly int64Value?: string;
  readonly uint64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly listValue?: { readonly values?: readonly VectorValue[] };
  readonly mapValue?: {
    readonly entries?: readonly { readonly key: VectorValue; readonly value: VectorValue }[];
  };
  readonly typeValue?: string;
}

interface Vector {
  readonly name: string;
  readonly expr: string;
  readonly value?: VectorValue;
  readonly evalError?: object;
  readonly bindings?: Readonly<Record<string, { readonly value: VectorValue }>>;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: Vector }[];
}

/** The files of vectors that are about what rules can say. The others are extensions, messages and enums. */
const CORE = [
  "basic",
  "comparisons",
  "conversions",
  "dynamic",
  "fields",
  "fp_math",
  "integer_math",
  "lists",
  "logic",
  "macros",
  "parse",
  "plumbing",
  "string",
  "timestamps",
];

/** Protobuf messages and their enums, names that resolve in a container, what only a type checker can tell. */
const FOREIGN =
  /typeUrl|@type|objectValue|enumValue|"container"|disableCheck|cel\.expr\.conformance|google\.protobuf|TestAllTypes/;

const VECTORS = "@bufbuild/cel-spec/testdata/conformance.js";

function find(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(VECTORS);
  } catch {
    return undefined;
  }
}

function plainOf(given: VectorValue): unknown {
  if (given.int64Value !== undefined) return BigInt(given.int64Value);
  if (given.uint64Value !== undefined) return evaluate(`${given.uint64Value}u`);
  if (given.doubleValue !== undefined) return Number(given.doubleValue);
  if (given.bytesValue !== undefined) return new Uint8Array(Buffer.from(given.bytesValue, "base64"));
  if (given.listValue) return (given.listValue.values ?? []).map(plainOf);
  if (given.mapValue) {
    const entries = (given.mapValue.entries ?? []).map(
      ({ key, value }) => [plainOf(key), plainOf(value)] as const,
    );
    // As settings have it where it can be one.
    const isObject = entries.every(([key]) => typeof key === "string");
    return isObject ? Object.fromEntries(entries) : new Map(entries);
  }
  return given.boolValue ?? given.stringValue ?? null;
}

/** What evaluating gives: as the vector says, or something else. Asked as rules ask: is the condition true? */
function holds({ expr, value, bindings = {} }: Vector): string {
  const bound = Object.entries(bindings).map(([name, given]) => [name, plainOf(given.value)]);
  const noNumber = value?.doubleValue === "NaN";
  const same = noNumber ? "result.all(x, x != x)" : `result == [${value?.typeValue ?? "expected"}]`;
  // In a list, so that no bracket or comment of the vector meets what stands around it.
  const text = value ? `[[\n${expr}\n]].all(result, ${same})` : `[[\n${expr}\n]] == []`;
  const parsed = parseExpression(text);
  if ("badAt" in parsed) return "misfit";
  const outcome = parsed.evaluate({ ...Object.fromEntries(bound), expected: value && plainOf(value) });
  return outcome.kind === "value" ? String(outcome.value) : outcome.kind;
}

function vectorsBelow(suite: Suite, path: string): [string, Vector][] {
  const own = (suite.tests ?? []).map(({ original }): [string, Vector] => [
    `${path}/${original.name}`,
    original,
  ]);
  return [...own, ...(suite.suites ?? []).flatMap((inner) => vectorsBelow(inner, `${path}/${inner.name}`))];
}

const found = find();
const suites: readonly Suite[] = found ? (await import(pathToFileURL(found).href)).tests.suites : [];
const vectors = suites
  .filter(({ name }) => CORE.includes(name))
  .flatMap((suite) => vectorsBelow(suite, suite.name))
  .filter(([, vector]) => !FOREIGN.test(JSON.stringify(vector)));

describeWith("CEL's conformance vectors", found ? undefined : `the package of ${VECTORS} (npm ci)`, () => {
  test("each gives what it says, but for the known differences", () => {
    const different = vectors
      .filter(([, vector]) => holds(vector) !== (vector.evalError ? "misfit" : "true"))
      .map(([path]) => path);
    expect(vectors.length).toBeGreaterThan(500);
    expect(different.sort()).toEqual(Object.values(DIFFERENCES).flat().sort());
  });
});
