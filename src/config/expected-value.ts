/**
 * Holds one setting against what is expected of it. Values are compared as their type means them: `15m` is `900s`,
 * and an object's members may stand in any order.
 */
import { isDeepStrictEqual } from "node:util";
import type { ExpectedValue } from "../model/rule.ts";
import type { ResolvedSetting, SettingDeclaration, SettingType, SettingValue } from "../model/setting.ts";
import {
  BOUNDED_TYPES,
  canonicalText,
  expectationOf,
  plainText,
  typeValue,
  wholePattern,
} from "../model/setting-value.ts";
import { isShown } from "./setting-checks.ts";

/** Never a secret's declaration with a value in it. */
type Declared = Pick<SettingDeclaration, "name" | "type" | "secret"> | undefined;

const LONGEST_SHOWN = 60;

/** An enum's values and a pattern narrow a type; what is expected may well lie outside. */
function openType(declaration: Declared): SettingType {
  const type = declaration?.type ?? "string";
  return type === "enum" || type === "pattern" ? "string" : type;
}

/** Objects of whatever origin as plain ones. */
function plain(value: SettingValue): SettingValue {
  return typeof value === "object" ? JSON.parse(JSON.stringify(value)) : value;
}

/** A value as the setting's type means it; undefined where it is none of that type. */
function meant(type: SettingType, value: SettingValue): SettingValue | undefined {
  const typing = { type, values: undefined, pattern: undefined, min: undefined, max: undefined };
  const typed = typeValue(typing, { value, text: plainText(value) });
  return typed.fits ? plain(typed.value) : undefined;
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** The number that a bound or a value stands for: of an undeclared setting that of its text. */
function amount(declaration: Declared, value: SettingValue): number | undefined {
  if (declaration && BOUNDED_TYPES.includes(declaration.type)) {
    const typed = meant(declaration.type, value);
    return typeof typed === "number" ? typed : undefined;
  }
  const text = plainText(value);
  return NUMBER.test(text) ? Number(text) : undefined;
}

function patternOf(text: string): RegExp | undefined {
  try {
    return wholePattern(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with an expectation itself: it could never be judged. */
export interface Misfit {
  readonly code: "EXPECT_INVALID" | "EXPECT_SECRET";
  readonly why: string;
  readonly fix: string;
}

function invalid(why: string, fix: string): Misfit {
  return { code: "EXPECT_INVALID", why, fix };
}

/** @param declaration undefined where the setting is not declared: its values are texts */
export function misfitOf(name: string, declaration: Declared, expected: ExpectedValue): Misfit | undefined {
  const { is, not, min, max, matches } = expected;
  if (declaration?.secret && is !== undefined) {
    const why = `the value that ${name} must have stands here for all to read, and ${name} is a secret`;
    return {
      code: "EXPECT_SECRET",
      why,
      fix: "write set: true, or matches: with its form; and replace the secret",
    };
  }
  const type = openType(declaration);
  for (const [key, value] of Object.entries({ is, not })) {
    if (value === undefined || meant(type, value) !== undefined) continue;
    const { expected: wanted, example } = expectationOf(type);
    return invalid(`${key} of ${name} is not ${wanted}, as ${name} is`, `write ${key}: ${example}`);
  }
  for (const [key, bound] of Object.entries({ min, max })) {
    if (bound === undefined || amount(declaration, bound) !== undefined) continue;
    const bounded = declaration && BOUNDED_TYPES.includes(declaration.type) ? declaration.type : undefined;
    const why = bounded
      ? `${key} of ${name} is no value of the type ${bounded}`
      : `${key} of ${name} is no number`;
    return invalid(why, `write ${key}: ${bounded ? expectationOf(bounded).example : "10"}`);
  }
  if (matches !== undefined && !patternOf(matches))
    return invalid(`matches of ${name} is no regular expression`, "correct the expression");
  return undefined;
}

/** A typed value that may be shown, as people write it. */
function shown(
  { declaration, secret }: ResolvedSetting,
  typed: SettingValue | undefined,
): string | undefined {
  if (secret || !declaration || typed === undefined || !isShown(declaration.type)) return undefined;
  // What did not fit its type is still the text that was written.
  const text = typeof typed === "string" ? typed : canonicalText(openType(declaration), typed);
  return text.length <= LONGEST_SHOWN ? text : undefined;
}

/** @param word before the expected value, as `at least ` */
function said(setting: ResolvedSetting, word: string, expected: SettingValue): string {
  const { name, value, declaration } = setting;
  const is = shown(setting, value);
  const wanted = shown(setting, meant(openType(declaration), expected));
  const got = is === undefined ? `${name} is not as expected` : `${name} is ${is || "empty"}`;
  return wanted === undefined ? got : `${got}, expected ${word}${wanted}`;
}

function* bounds(setting: ResolvedSetting, { min, max }: ExpectedValue): Iterable<string> {
  const { declaration, value, text, name } = setting;
  if (min === undefined && max === undefined) return;
  // A typed value is a number already; of an undeclared one, and of one that did not fit, the text is asked.
  const is = typeof value === "number" ? value : amount(declaration, text);
  if (is === undefined) {
    yield `${name} is no number to hold against a bound`;
    return;
  }
  if (min !== undefined && is < amount(declaration, min)!) yield said(setting, "at least ", min);
  if (max !== undefined && is > amount(declaration, max)!) yield said(setting, "at most ", max);
}

/** What of a setting with a value is not as expected, one line each. @param expected without a misfit */
export function* unmet(setting: ResolvedSetting, expected: ExpectedValue): Iterable<string> {
  const { name, declaration, value, text } = setting;
  const type = openType(declaration);
  const is = declaration ? plain(value) : text;
  const equals = (other: SettingValue) => isDeepStrictEqual(is, meant(type, other));
  if (expected.is !== undefined && !equals(expected.is)) yield said(setting, "", expected.is);
  if (expected.not !== undefined && equals(expected.not)) yield `${name} is what it must not be`;
  yield* bounds(setting, expected);
  if (expected.matches !== undefined && !patternOf(expected.matches)!.test(text))
    yield `${name} does not match ${expected.matches}`;
}
