/** The settings of a manifest: their declarations, with the mistakes in them. */
import type { FindingDraft } from "./finding-list.ts";
import { rotationIn } from "./manifest-rotation.ts";
import { type SettingData, settingSchema } from "./manifest-schema.ts";
import { SettingCheck } from "./manifest-setting-check.ts";
import { previousName } from "./rotation.ts";
import { PHASES, type SettingDeclaration, type SettingOverride } from "./setting.ts";
import { entriesAt, nodeAt, plainValue, type SourceEntry, type SourceNode } from "./source-tree.ts";

export interface DeclaredSettings {
  readonly settings: readonly SettingDeclaration[];
  readonly drafts: readonly FindingDraft[];
}

function declare(
  root: SourceNode,
  name: string,
  entry: SourceEntry,
): readonly [SettingDeclaration, readonly FindingDraft[]] | undefined {
  const parsed = settingSchema.safeParse(plainValue(entry.value) ?? {});
  if (!parsed.success) return undefined;
  const data = parsed.data;
  const check = new SettingCheck(root, name);
  const type = data.type ?? "string";
  check.values(type, data.values);
  check.required(data.required);
  check.allow(data.allow);
  const given = nodeAt(entry.value, ["default"]);
  const rotation = rotationIn(data, (why, fix) => check.refuse("MANIFEST_ROTATION", "rotate", why, fix));
  const declaration: SettingDeclaration = {
    name,
    type,
    secret: data.secret ?? false,
    ...(data.reference === false && { reference: data.reference }),
    ...(rotation && { rotation }),
    phases: data.phase === undefined ? PHASES : [data.phase].flat(),
    merge: check.merge(type, data.merge),
    sync: data.sync,
    policy: data.policy,
    overrides: [],
    replacedBy: data.replacedBy,
    required: data.required ?? false,
    default: given && plainValue(given),
    values: data.values,
    pattern: check.pattern(type, data.pattern),
    format: check.format(type, data.format),
    ...check.probe(data),
    ...check.bounds(type, data),
    allow: data.allow,
    deprecated: data.deprecated,
    doc: data.doc,
    place: entry.keyPlace,
  };
  if (check.drafts.length === 0) {
    check.policy(declaration);
    check.default(declaration);
  }
  const inner = overridesOf(root, entry, declaration, data);
  return [{ ...declaration, overrides: inner.overrides }, [...check.drafts, ...inner.drafts]];
}

/** What the declaration says otherwise for environments and kinds, each checked as the declaration itself is. */
function overridesOf(
  root: SourceNode,
  entry: SourceEntry,
  declaration: SettingDeclaration,
  data: SettingData,
): { readonly overrides: readonly SettingOverride[]; readonly drafts: readonly FindingDraft[] } {
  const { type, name } = declaration;
  const drafts: FindingDraft[] = [];
  const overrides = Object.entries(data.in ?? {}).map(([target, own]): SettingOverride => {
    const check = new SettingCheck(root, name, ["in", target]);
    if (own.values) check.values(type, own.values);
    const given = nodeAt(entry.value, ["in", target, "default"]);
    const bounds = check.bounds(type, own);
    check.boundsAgainst(declaration, bounds);
    const override: SettingOverride = {
      target,
      required: own.required,
      default: given && plainValue(given),
      values: own.values,
      pattern: check.pattern(declaration.pattern === undefined ? type : "string", own.pattern),
      ...bounds,
    };
    if (check.drafts.length === 0 && given) {
      const { target: _, ...said } = override;
      const defined = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
      check.default({ ...declaration, ...defined });
    }
    drafts.push(...check.drafts);
    return override;
  });
  return { overrides, drafts };
}

/** The former value of a secret, which applications get while it still counts. */
function previousOf({ rotation: _rotation, ...declaration }: SettingDeclaration): SettingDeclaration {
  const { name } = declaration;
  return {
    ...declaration,
    name: previousName(name),
    required: false,
    overrides: declaration.overrides.map(({ required: _required, ...override }) => override),
    doc: `The former value of ${name}, as long as it counts as well.`,
  };
}

/** With the settings that rotation brings along, each behind the one that it is about. */
function withPrevious(settings: readonly SettingDeclaration[]): SettingDeclaration[] {
  const names = new Set(settings.map(({ name }) => name));
  return settings.flatMap((setting) => {
    const isKept = (setting.rotation?.overlapMs ?? 0) > 0 && !names.has(previousName(setting.name));
    return isKept ? [setting, previousOf(setting)] : [setting];
  });
}

/** The declarations in the manifest's order. Those that the schema refuses are left out: it has said why. */
export function declaredSettings(root: SourceNode): DeclaredSettings {
  const settings: SettingDeclaration[] = [];
  const drafts: FindingDraft[] = [];
  for (const [name, entry] of entriesAt(root, "settings")) {
    const declared = declare(root, name, entry);
    if (!declared) continue;
    settings.push(declared[0]);
    drafts.push(...declared[1]);
  }
  return { settings: withPrevious(settings), drafts };
}
