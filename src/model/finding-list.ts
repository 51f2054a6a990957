/** Collects findings while a text is checked and hands them out in the order of the files they are about. */
import { formatPlace, type Place } from "../base/place.ts";
import type { Finding, Severity } from "./finding.ts";

/** A finding with its place still as numbers, and without what has a usual value. */
export interface FindingDraft {
  readonly code: string;
  /** `error` when left out. */
  readonly severity?: Severity;
  readonly setting?: string | undefined;
  readonly place: Place;
  readonly why: string;
  readonly fix: string;
}

function byPlace(a: FindingDraft, b: FindingDraft): number {
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

export class FindingList {
  readonly #drafts: FindingDraft[] = [];

  add(draft: FindingDraft): void {
    this.#drafts.push(draft);
  }

  addAll(drafts: Iterable<FindingDraft>): void {
    for (const draft of drafts) this.#drafts.push(draft);
  }

  /** True when one of severity `error` is among them. */
  get hasErrors(): boolean {
    return this.#drafts.some(({ severity }) => (severity ?? "error") === "error");
  }

  /** By file, line and column; what stands at the same place keeps the order in which it was found. */
  sorted(): Finding[] {
    return [...this.#drafts].sort(byPlace).map(({ code, severity = "error", setting, place, why, fix }) => ({
      code,
      severity,
      setting,
      where: formatPlace(place),
      why,
      fix,
    }));
  }
}
