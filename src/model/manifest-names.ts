/** Findings about names in a manifest: one that nothing has, and one that two owners use though only one may. */
import { nearest } from "../base/nearest.ts";
import { formatPlace, type Place } from "../base/place.ts";
import type { FindingDraft } from "./finding-list.ts";
import { entriesAt, type SourceNode } from "./source-tree.ts";

/** The keys of a section of the manifest. */
export function namesIn(root: SourceNode, section: string): string[] {
  return entriesAt(root, section).map(([name]) => name);
}

/** A name that should be one of the known ones, and is not. */
export function unknownName(
  code: string,
  noun: string,
  name: string,
  known: readonly string[],
  place: Place,
): FindingDraft {
  const meant = nearest(name, known);
  const choice = known.length > 0 ? `write one of ${known.join(", ")}` : `declare ${name} first`;
  return { code, place, why: `${name} is no ${noun}`, fix: meant ? `write ${meant}` : choice };
}

/** Something that an owner uses, and where. */
export interface Use {
  readonly key: string;
  readonly owner: string;
  readonly place: Place;
}

/** Everything that two owners use though only one may. */
export function* sharedFindings(
  code: string,
  noun: string,
  uses: Iterable<Use>,
  fix: string,
): Iterable<FindingDraft> {
  const first = new Map<string, Use>();
  for (const use of uses) {
    const other = first.get(use.key);
    if (!other) first.set(use.key, use);
    else if (other.owner !== use.owner) {
      const why = `${use.owner} and ${other.owner} (${formatPlace(other.place)}) share the ${noun} ${use.key}`;
      yield { code, place: use.place, why, fix };
    }
  }
}
