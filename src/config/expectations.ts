/**
 * Tests of the configuration: what the project expects of its settings, held against resolutions. Pure; what can't be
 * told here is unknown, and counts as not good.
 */
import { nearest } from "../base/nearest.ts";
import { formatPlace } from "../base/place.ts";
import type { ExpectationResult } from "../model/expectation.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { KIND_NAMES } from "../model/kind.ts";
import { type Environment, isNamedIn, type Project } from "../model/project.ts";
import type { Expectation } from "../model/rule.ts";
import { misfitOf, unmet } from "./expected-value.ts";
import type { Resolution } from "./resolve.ts";

type Settings = Pick<Resolution, "settings" | "removed">;

function isFor({ target }: Expectation, environment: Environment): boolean {
  return target === "all" || isNamedIn(environment, [target]);
}

function targetFinding({ target, place }: Expectation, project: Project): FindingDraft[] {
  const names = project.environments.flatMap(({ name, kind }) => [name, kind]);
  const known = [...new Set(["all", ...names, ...KIND_NAMES])];
  if (known.includes(target)) return [];
  const meant = nearest(target, known);
  const why = `${target} is no environment and no kind`;
  const fix = meant ? `write ${meant}` : `write one of ${["all", ...new Set(names)].join(", ")}`;
  return [{ code: "EXPECT_UNKNOWN_TARGET", place, why, fix }];
}

function settingFinding(
  { setting, place, expected }: Expectation,
  project: Project,
  known: ReadonlySet<string>,
): FindingDraft[] {
  const declaration = project.settings.find(({ name }) => name === setting);
  if (!known.has(setting)) {
    const meant = nearest(setting, known);
    const why = `${setting} is expected, but no declaration and no layer has it`;
    const fix = meant ? `write ${meant}` : `declare ${setting} under settings in ${project.manifest}`;
    return [{ code: "EXPECT_UNKNOWN_SETTING", setting, place, why, fix }];
  }
  const misfit = misfitOf(setting, declaration, expected);
  return misfit ? [{ ...misfit, setting, place }] : [];
}

/** What is wrong with expectations themselves. @param resolutions of every environment: settings need not be declared */
export function expectationFindings(
  expectations: readonly Expectation[],
  project: Project,
  resolutions: readonly Settings[],
): FindingDraft[] {
  const known = new Set([
    ...project.settings.map(({ name }) => name),
    ...resolutions.flatMap(({ settings, removed }) => [...settings.keys(), ...removed.keys()]),
  ]);
  return expectations.flatMap((expectation) => [
    ...targetFinding(expectation, project),
    ...settingFinding(expectation, project, known),
  ]);
}

/** What only asks whether there is a value; a secret that can't be opened here has one. */
function presence(has: boolean, { setting, expected }: Expectation): string[] {
  if (expected.set === true && !has) return [`${setting} has no value`];
  if (expected.set === false && has) return [`${setting} has a value, and must have none`];
  return [];
}

function judged(expectation: Expectation, resolution: Settings): ExpectationResult {
  const { setting: name, target, expected, place } = expectation;
  const setting = resolution.settings.get(name);
  const winner = (setting ?? resolution.removed.get(name))?.history.find(({ wins }) => wins);
  const has = setting !== undefined && (setting.sealed || setting.text !== "");
  const facts = {
    setting: name,
    target,
    where: formatPlace(place),
    valueAt: winner ? formatPlace(winner.place) : null,
  };
  const { set: _, ...rest } = expected;
  const asksValue = Object.values(rest).some((one) => one !== undefined);
  const reasons = presence(has, expectation);
  if (asksValue && setting?.sealed) {
    const why = `${name} can't be opened here, so nobody knows whether it is as expected`;
    return { ...facts, verdict: reasons.length > 0 ? "failed" : "unknown", reasons: [...reasons, why] };
  }
  // The empty text may be just what is expected; only what nothing sets has no value to ask about.
  if (asksValue && setting) reasons.push(...unmet(setting, expected));
  if (asksValue && !setting && expected.set !== false && !isOnlyNot(expected) && reasons.length === 0)
    reasons.push(`${name} has no value`);
  return { ...facts, verdict: reasons.length > 0 ? "failed" : "passed", reasons };
}

/** What is not there is not what it must not be. */
function isOnlyNot({ is, min, max, matches }: Expectation["expected"]): boolean {
  return [is, min, max, matches].every((one) => one === undefined);
}

/** The expectations for an environment held against its resolution, in their order; those with a misfit are left out. */
export function checkExpectations(
  expectations: readonly Expectation[],
  project: Project,
  environment: Environment,
  resolution: Settings,
): ExpectationResult[] {
  const declared = new Map(project.settings.map((one) => [one.name, one]));
  return expectations
    .filter((expectation) => isFor(expectation, environment))
    .filter(({ setting, expected }) => !misfitOf(setting, declared.get(setting), expected))
    .map((expectation) => judged(expectation, resolution));
}
