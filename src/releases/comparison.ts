/** What would change if one release took the place of another. Knows names and plain values, never a secret. */
import { canonicalJson } from "../base/canonical-json.ts";
import type { Artifact, Release } from "../model/release.ts";
import { compareVersions } from "./version.ts";

export type Change = "added" | "removed" | "changed" | "same";

export interface SettingChange {
  readonly name: string;
  readonly change: Exclude<Change, "same">;
  /** Which parts of a changed declaration differ, as `type`, `required`; empty when added or removed. */
  readonly fields: readonly string[];
}

export interface ValueChange {
  readonly name: string;
  /** Null where the setting has no plain value. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface EnvironmentComparison {
  readonly environment: string;
  /** Plain settings that differ. */
  readonly values: readonly ValueChange[];
  /** Secrets that the new release needs and the old one did not. */
  readonly secretsNeeded: readonly string[];
  readonly secretsDropped: readonly string[];
}

export interface ReleaseComparison {
  /** Null: nothing runs there yet. */
  readonly from: string | null;
  readonly to: string;
  /** `unchanged` is the same version again or one that ranks the same. */
  readonly direction: "first" | "forward" | "back" | "unchanged";
  readonly commit: { readonly from: string | null; readonly to: string };
  readonly services: readonly { readonly name: string; readonly change: Change }[];
  readonly schema: readonly SettingChange[];
  /** One for each environment that either release has configuration for. */
  readonly environments: readonly EnvironmentComparison[];
}

function union(a: Iterable<string>, b: Iterable<string>): string[] {
  return [...new Set([...a, ...b])].sort();
}

function byName<T>(items: readonly T[], name: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [name(item), item]));
}

function changeOf<T>(before: T | undefined, after: T | undefined, same: (a: T, b: T) => boolean): Change {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  return same(before, after) ? "same" : "changed";
}

function sameArtifact(a: Artifact, b: Artifact): boolean {
  return a.digest === b.digest && canonicalJson(a.start) === canonicalJson(b.start);
}

function compareServices(from: Release | undefined, to: Release): ReleaseComparison["services"] {
  const before = byName(from?.artifacts ?? [], (artifact) => artifact.service);
  const after = byName(to.artifacts, (artifact) => artifact.service);
  return union(before.keys(), after.keys()).map((name) => ({
    name,
    change: changeOf(before.get(name), after.get(name), sameArtifact),
  }));
}

function differingFields(before: object, after: object): string[] {
  const a = new Map<string, unknown>(Object.entries(before));
  const b = new Map<string, unknown>(Object.entries(after));
  return union(a.keys(), b.keys()).filter(
    (field) => canonicalJson({ value: a.get(field) }) !== canonicalJson({ value: b.get(field) }),
  );
}

function compareSchemas(from: Release | undefined, to: Release): SettingChange[] {
  const before = byName(from?.schema ?? [], (setting) => setting.name);
  const after = byName(to.schema, (setting) => setting.name);
  return union(before.keys(), after.keys()).flatMap((name): SettingChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined) return [{ name, change: "added", fields: [] }];
    if (now === undefined) return [{ name, change: "removed", fields: [] }];
    const fields = differingFields(old, now);
    return fields.length > 0 ? [{ name, change: "changed", fields }] : [];
  });
}

function compareEnvironment(
  from: Release | undefined,
  to: Release,
  environment: string,
): EnvironmentComparison {
  const find = (release: Release | undefined) =>
    release?.configuration.find((revision) => revision.environment === environment);
  const [before, after] = [find(from), find(to)];
  const old = new Map(Object.entries(before?.settings ?? {}));
  const now = new Map(Object.entries(after?.settings ?? {}));
  const [oldSecrets, nowSecrets] = [new Set(before?.secrets), new Set(after?.secrets)];
  return {
    environment,
    values: union(old.keys(), now.keys())
      .filter((name) => old.get(name) !== now.get(name))
      .map((name) => ({ name, from: old.get(name) ?? null, to: now.get(name) ?? null })),
    secretsNeeded: [...nowSecrets.difference(oldSecrets)].sort(),
    secretsDropped: [...oldSecrets.difference(nowSecrets)].sort(),
  };
}

function directionOf(from: Release | undefined, to: Release): ReleaseComparison["direction"] {
  if (!from) return "first";
  const difference = compareVersions(from.version, to.version);
  return difference < 0 ? "forward" : difference > 0 ? "back" : "unchanged";
}

/**
 * What would change when `to` takes the place of `from`; `undefined` when nothing runs there yet.
 * Everything is listed by name, in alphabetical order.
 *
 * @param environment only this one; all of them unless told.
 */
export function compareReleases(
  from: Release | undefined,
  to: Release,
  environment?: string,
): ReleaseComparison {
  const environments = union(
    (from?.configuration ?? []).map((revision) => revision.environment),
    to.configuration.map((revision) => revision.environment),
  ).filter((name) => environment === undefined || name === environment);
  return {
    from: from?.version ?? null,
    to: to.version,
    direction: directionOf(from, to),
    commit: { from: from?.commit ?? null, to: to.commit },
    services: compareServices(from, to),
    schema: compareSchemas(from, to),
    environments: environments.map((name) => compareEnvironment(from, to, name)),
  };
}
