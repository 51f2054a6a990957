/** Revisions and the bytes of their files over tables in memory. */
import { canonicalJson } from "../../base/canonical-json.ts";
import type { Revision } from "../../model/revision.ts";
import type { RevisionStore } from "../../ports/store/revisions.ts";
import type { Session } from "./session.ts";

export function revisionStore({ reading, writing }: Session): RevisionStore {
  const newest = (environment: string): Revision[] =>
    (reading().revisions.get(environment) ?? []).map((text): Revision => JSON.parse(text)).reverse();
  return {
    current: async (environment) => newest(environment)[0],
    history: async (environment, limit) => newest(environment).slice(0, limit),
    find: async (environment, prefix) =>
      newest(environment).filter(({ digest }) => digest.startsWith(prefix)),
    async add(revision) {
      const { revisions } = writing();
      const { environment, parent } = revision;
      const latest = newest(environment)[0]?.digest ?? null;
      if (parent !== latest) throw new Error(`a revision after ${parent} can't follow ${latest}`);
      revisions.set(environment, [...(revisions.get(environment) ?? []), canonicalJson(revision)]);
    },
    async text(digest) {
      const bytes = reading().texts.get(digest);
      return bytes && Uint8Array.from(bytes);
    },
    async putText(digest, bytes) {
      const { texts } = writing();
      if (!texts.has(digest)) texts.set(digest, Uint8Array.from(bytes));
    },
  };
}
