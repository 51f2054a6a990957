/** What it means for two settings to have the same value, and what stands in for a secret when they are compared. */
import { canonicalJson } from "../base/canonical-json.ts";
import { formatPlace } from "../base/place.ts";
import { isUnfilled } from "../model/credential-text.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { canonicalText } from "../model/setting-value.ts";
import type { Resolution } from "./resolve.ts";

/** One configuration in a comparison. */
export interface Side {
  /** An environment, or a version of one, as it was asked for. */
  readonly name: string;
  readonly resolution: Pick<Resolution, "settings" | "findings">;
}

/** Equal for equal texts of one key, and tells nothing else of them. It is asked for secrets only. */
export type Fingerprint = (key: string, text: string) => string;

/**
 * One text for all ways to write a value: `15m` and `900s`, `yes` and `true`, an object's members in any order.
 * Undefined where the setting has no usable value, as a placeholder is none, or can't be opened here.
 */
export function comparableText(setting: ResolvedSetting): string | undefined {
  const { value, text, declaration } = setting;
  if (value === null || isUnfilled(text)) return undefined;
  if (typeof value !== "object") {
    // A value that did not fit its type is still the text that was written.
    const untyped = !declaration || typeof value === "string";
    return untyped ? text : canonicalText(declaration.type, value);
  }
  try {
    return canonicalJson(value);
  } catch {
    // No JSON (YAML's .inf, a lone surrogate) or nested too deep: then as it is written.
    return text;
  }
}

/** Where the winning layer sets it. */
export function placeOf(setting: ResolvedSetting | undefined): string | null {
  const winner = setting?.history.find(({ wins }) => wins);
  return winner ? formatPlace(winner.place) : null;
}
