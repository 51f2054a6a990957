/**
 * Variables with an environment's prefix (`DEV_API_KEY` beside `PROD_API_KEY`): whose they are, what they are called
 * there, and which stand where they must not.
 */
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { type Environment, layersFor, type Project, prefixOwner } from "../model/project.ts";

/** What becomes of a name that a source sets. */
export type PrefixedName =
  /** It counts, under this name. */
  | { readonly fate: "counts"; readonly name: string }
  /** It is another environment's, in a source that this one has too. */
  | { readonly fate: "hidden" }
  /** It is another environment's, in a source that that one does not have. */
  | { readonly fate: "refused"; readonly owner: Environment };

/** The names of one environment's sources. */
export interface PrefixReader {
  /** @param layer path of the layer that sets it; undefined: the secrets file, which is always one environment's own */
  read(name: string, layer: string | undefined): PrefixedName;
  /** True for a name that belongs to another environment. */
  isForeign(name: string): boolean;
}

/** @param isDeclared a declared name keeps its prefix; others are read without it */
export function prefixReader(
  project: Project,
  environment: Environment,
  isDeclared: (name: string) => boolean,
): PrefixReader {
  if (project.environments.every(({ prefix }) => prefix === undefined)) {
    return { read: (name) => ({ fate: "counts", name }), isForeign: () => false };
  }
  const pathsOf = new Map<string, ReadonlySet<string>>();
  const hasLayer = (owner: Environment, layer: string): boolean => {
    const paths = pathsOf.get(owner.name) ?? new Set(layersFor(project, owner).map(({ path }) => path));
    pathsOf.set(owner.name, paths);
    return paths.has(layer);
  };
  return {
    isForeign: (name) => (prefixOwner(project, name) ?? environment).name !== environment.name,
    read(name, layer) {
      const owner = prefixOwner(project, name);
      if (!owner) return { fate: "counts", name };
      if (owner.name !== environment.name) {
        const both = layer !== undefined && hasLayer(owner, layer);
        return both ? { fate: "hidden" } : { fate: "refused", owner };
      }
      const rest = name.slice(owner.prefix!.length);
      const keeps = isDeclared(name) || !/^[A-Za-z_]/.test(rest);
      return { fate: "counts", name: keeps ? name : rest };
    },
  };
}

/** What to say of a name that is refused. */
export function prefixFinding(
  name: string,
  place: Place,
  environment: Environment,
  owner: Environment,
): FindingDraft {
  return {
    code: "SETTING_PREFIX",
    setting: name,
    place,
    why: `${name} begins with ${owner.prefix}, the prefix of ${owner.name}, but stands in a source of ${environment.name}`,
    fix: `move it to a source of ${owner.name}, or rename it`,
  };
}
