/** What is said above a final value, and counts for nothing. */
import { isDeepStrictEqual } from "node:util";
import { formatPlace } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { ResolvedSetting, SettingDeclaration } from "../model/setting.ts";
import { typeValue } from "../model/setting-value.ts";
import type { Candidate } from "./evaluate.ts";
import type { Choice } from "./merge.ts";
import { mayRefer } from "./template-shape.ts";

/** What a setting has in the end; undefined where the final word takes it away. */
type Final = ResolvedSetting | undefined;

function meansTheSame(declaration: SettingDeclaration | undefined, said: Candidate, final: ResolvedSetting) {
  if (said.text === final.text) return true;
  if (!declaration) return false;
  const typed = typeValue(declaration, said);
  return typed.fits && isDeepStrictEqual(typed.value, final.value);
}

/** Whether a refused source says what is final anyway. What can't be read, or has to be evaluated, says otherwise. */
function saysTheSame(said: Candidate, top: Candidate, final: Final): boolean {
  if (said.removes || top.removes) return said.removes && top.removes;
  if (said.sealed || top.sealed || final === undefined) return false;
  const refers = said.interpolated && mayRefer(said.value, said.text);
  if (!refers) return meansTheSame(final.declaration, said, final);
  return top.interpolated && said.text === top.text && said.syntax === top.syntax;
}

function fixFor(name: string, { origin }: Candidate): string {
  if (origin === "process") return `unset ${name}`;
  if (origin === "flag") return `leave out --set ${name}`;
  return `delete ${name} here, or change it there`;
}

/** What says otherwise than the final word on a setting. In the process environment it may stand for others. */
export function finalFindings(
  name: string,
  { top, refused = [] }: Choice,
  final: Final,
): readonly FindingDraft[] {
  return refused
    .filter((candidate) => !saysTheSame(candidate, top, final))
    .map((candidate) => ({
      code: "SETTING_FINAL",
      severity: candidate.origin === "process" ? "warning" : "error",
      setting: name,
      place: candidate.place,
      why: `${name} is final at ${formatPlace(top.place)}: what is said here does not count`,
      fix: fixFor(name, candidate),
    }));
}
