/** What rules may read beside the settings: the environment, and its policies by the manifest's names. */
import { nearest } from "../base/nearest.ts";
import { policyMembers } from "../model/manifest-policies.ts";
import type { Environment } from "../model/project.ts";
import type { SettingType, SettingValue } from "../model/setting.ts";
import { celValue } from "./expression.ts";

/** Names that every rule may read beside the settings. */
export const AMBIENT: readonly string[] = ["environment", "policy"];

interface Member {
  /** Beginning with one of {@link AMBIENT}. */
  readonly path: readonly string[];
  readonly type: SettingType | undefined;
  readonly value: SettingValue | undefined;
}

interface Problem {
  readonly why: string;
  readonly fix: string;
}

function membersOf({ name, kind, policies }: Environment): readonly Member[] {
  return [
    { path: ["environment", "name"], type: undefined, value: name },
    { path: ["environment", "kind"], type: undefined, value: kind },
    ...policyMembers(policies).map((member) => ({ ...member, path: ["policy", ...member.path] })),
  ];
}

/** `environment` and `policy` as CEL has them; a policy without a value is left out. */
export function ambientValues(environment: Environment): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const { path, type, value } of membersOf(environment)) {
    let owner = root;
    for (const key of path.slice(0, -1)) {
      owner[key] ??= {};
      owner = owner[key] as Record<string, unknown>;
    }
    if (value !== undefined) owner[path.at(-1)!] = celValue(type, value);
  }
  return root;
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((key, at) => path[at] === key);
}

/** The first member that neither the environment nor its policies have. */
export function strangeMember(
  environment: Environment,
  reads: readonly (readonly string[])[],
): Problem | undefined {
  const known = membersOf(environment).map(({ path }) => path);
  for (const read of reads) {
    if (!AMBIENT.includes(read[0]!) || known.some((path) => startsWith(path, read))) continue;
    const text = read.join(".");
    const own = known.filter(([first]) => first === read[0]).map((path) => path.join("."));
    const meant = nearest(text, own) ?? own.find((path) => path.endsWith(`.${read.at(-1)}`));
    const all = own.map((path) => path.slice(read[0]!.length + 1)).join(", ");
    return { why: `${text}, which is not there`, fix: meant ? `write ${meant}` : `${read[0]} has ${all}` };
  }
  return undefined;
}

/** The policies among what is read that this environment gives no value. */
export function valuelessPolicies(
  environment: Environment,
  reads: readonly (readonly string[])[],
): Problem | undefined {
  const texts = new Set(reads.map((read) => read.join(".")));
  const without = membersOf(environment)
    .filter(({ path, value }) => value === undefined && texts.has(path.join(".")))
    .map(({ path }) => path);
  const [first] = without;
  if (!first) return undefined;
  return {
    why: `${without.map((path) => path.join(".")).join(", ")}, which ${environment.name} does not say`,
    fix: `give policies.${first.slice(1).join(".")} a value in environments.${environment.name}`,
  };
}
