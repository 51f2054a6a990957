/** How a person decides the conflicts of a synchronisation: name by name, and all others at once. */
import { nearest } from "../../base/nearest.ts";
import type { SyncChoice, SyncSide } from "../../config/index.ts";
import { appErrors } from "../errors.ts";

/** How conflicts are decided. */
export interface SyncDecision {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly take: SyncChoice | undefined;
}

/**
 * What was decided by name.
 *
 * @throws APP_BAD_INPUT for a name in both lists, and for one that the source does not have
 */
export function decider(
  { theirs, ours }: SyncDecision,
  from: SyncSide,
  to: SyncSide,
): (name: string) => SyncChoice | undefined {
  const again = `ringfence config sync ${from.environment.name} ${to.environment.name}`;
  const names = [...from.resolution.settings.keys()];
  for (const [flag, words] of Object.entries({ theirs, ours })) {
    for (const name of words) {
      if (from.resolution.settings.has(name)) continue;
      const meant = nearest(name, names);
      throw appErrors.APP_BAD_INPUT({
        what: `${from.environment.name} has no setting ${name}`,
        where: `--${flag} ${name}`,
        why: meant ? `did you mean ${meant}?` : "only what the source has is synchronised",
        fix: meant ? `${again} --${flag} ${meant}` : `${again} --dry-run`,
      });
    }
  }
  const both = theirs.find((name) => ours.includes(name));
  if (both !== undefined) {
    throw appErrors.APP_BAD_INPUT({
      what: `${both} can't have both values`,
      where: `--theirs ${both} --ours ${both}`,
      why: "one of the two decides",
      fix: `${again} --theirs ${both}   # what ${from.environment.name} says\n${again} --ours ${both}   # what ${to.environment.name} says`,
    });
  }
  return (name) => (theirs.includes(name) ? "from" : ours.includes(name) ? "to" : undefined);
}
