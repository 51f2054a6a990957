/** Findings that a setting's declaration allows, with a reason: nobody gets them. */
import type { FindingDraft } from "../model/finding-list.ts";
import type { ResolvedSetting } from "../model/setting.ts";

/** The drafts without those that `allow` of their setting names. */
export function withoutAllowed(
  drafts: readonly FindingDraft[],
  settings: ReadonlyMap<string, ResolvedSetting>,
): FindingDraft[] {
  return drafts.filter(({ code, setting }) => {
    const allow = setting === undefined ? undefined : settings.get(setting)?.declaration?.allow;
    return allow === undefined || !Object.hasOwn(allow, code);
  });
}
