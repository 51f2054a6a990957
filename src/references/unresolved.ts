/** The error for settings whose values could not be got: all of them at once. */
import type { RingfenceError } from "../base/error.ts";
import { formatPlace } from "../base/place.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import { referencesErrors } from "./errors.ts";

/** A reference that gave no value. */
export interface UnresolvedReference extends PendingReference {
  readonly why: string;
  readonly fix: string;
}

export function unresolvedError(environment: string, all: readonly UnresolvedReference[]): RingfenceError {
  const [first] = all;
  const names = [...new Set(all.map(({ setting }) => setting))].join(", ");
  return referencesErrors.REFERENCE_UNRESOLVED({
    what: `${names} of ${environment} could not be got from ${all.length === 1 ? "its store" : "their stores"}`,
    where: first && `${formatPlace(first.place)} ${first.setting}`,
    why:
      all.length === 1
        ? `${first!.text}: ${first!.why}`
        : all
            .map(
              ({ setting, text, place, why, fix }) =>
                `${formatPlace(place)} ${setting} = ${text}: ${why}; fix: ${fix}`,
            )
            .join("\n"),
    fix: all.length === 1 ? first!.fix : `ringfence config check -e ${environment} --resolve`,
    details: {
      environment,
      references: all.map(({ setting, text, place, why, fix }) => ({
        setting,
        reference: text,
        where: formatPlace(place),
        why,
        fix,
      })),
    },
  });
}
