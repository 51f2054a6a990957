/** Whether two resolutions of an environment say the same, where settings may have been renamed in between. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { ResolvedSetting } from "../model/setting.ts";
import type { Resolution } from "./resolve.ts";

function isSame(a: ResolvedSetting, b: ResolvedSetting): boolean {
  const facts = ({ value, text, secret, sealed, set }: ResolvedSetting) => [value, text, secret, sealed, set];
  return isDeepStrictEqual(facts(a), facts(b));
}

function errorsOf({ findings }: Resolution, nameOf: (name: string) => string): string[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ code, setting }) => `${code} ${setting === undefined ? "" : nameOf(setting)}`);
}

/**
 * Names of the settings whose value, text or secrecy is not the same afterwards, in both resolutions, and codes of
 * errors that are new. Empty where nothing differs.
 *
 * @param nameOf the name that a setting has afterwards
 */
export function whatDiffers(
  before: Resolution,
  after: Resolution,
  nameOf: (name: string) => string = (name) => name,
): string[] {
  const expected = new Map([...before.settings.values()].map((one) => [nameOf(one.name), one]));
  const names = [...new Set([...expected.keys(), ...after.settings.keys()])];
  const differing = names.filter((name) => {
    const [a, b] = [expected.get(name), after.settings.get(name)];
    return !a || !b || !isSame(a, b);
  });
  const known = new Set(errorsOf(before, nameOf));
  return [...differing, ...errorsOf(after, (name) => name).filter((error) => !known.has(error))];
}
