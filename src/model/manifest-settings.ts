/** The settings of a manifest: declarations with their types, and the mistakes that only a type can tell. */
import { nearest } from "../base/nearest.ts";
import type { FindingDraft } from "./finding-list.ts";
import { targetsOf } from "./manifest-links.ts";
import { type SettingData, settingSchema } from "./manifest-schema.ts";
import {
  type MergeRule,
  PHASES,
  type SettingDeclaration,
  type SettingOverride,
  type SettingType,
} from "./setting.ts";
import { BOUNDED_TYPES, expectationOf, plainText, typeValue, wholePattern } from "./setting-value.ts";
import {
  entriesAt,
  nodeAt,
  placeOf,
  plainValue,
  type SourceEntry,
  type SourceNode,
  textsAt,
} from "./source-tree.ts";

export interface DeclaredSettings {
  readonly settings: readonly SettingDeclaration[];
  readonly drafts: readonly FindingDraft[];
}

/** Types whose default may stand without quotes though it is no text. */
const NATURAL: readonly SettingType[] = ["integer", "number", "port", "size", "boolean", "list", "object"];

/** Checks of one declaration. Each reports at the key that it is about. */
class SettingCheck {
  readonly drafts: FindingDraft[] = [];
  readonly #root: SourceNode;
  readonly #name: string;
  /** Keys from the declaration to the part that is checked: none, or those of an override. */
  readonly #inside: readonly string[];

  constructor(root: SourceNode, name: string, inside: readonly string[] = []) {
    this.#root = root;
    this.#name = name;
    this.#inside = inside;
  }

  refuse(code: string, key: string, why: string, fix: string): void {
    const place = placeOf(this.#root, ["settings", this.#name, ...this.#inside, key]);
    this.drafts.push({ code, setting: this.#name, place, why: `${this.#name}: ${why}`, fix });
  }

  /** A bound as number; durations and sizes may be written with units. */
  bound(type: SettingType, key: "min" | "max", written: number | string | undefined): number | undefined {
    if (written === undefined) return undefined;
    if (!BOUNDED_TYPES.includes(type)) {
      this.refuse("MANIFEST_BOUND", key, `${key} makes no sense for type ${type}`, `delete ${key}`);
      return undefined;
    }
    const withUnits = type === "duration" || type === "size";
    const typed =
      withUnits && typeof written === "string"
        ? typeValue({ ...UNBOUND, type }, { value: written, text: written })
        : undefined;
    if (typeof written === "number" && type !== "duration") return written;
    if (typed?.fits) return Number(typed.value);
    const { example } = expectationOf(type);
    this.refuse("MANIFEST_BOUND", key, `${key} is no ${type}`, `write it like ${example}`);
    return undefined;
  }

  bounds(
    type: SettingType,
    data: Pick<SettingData, "min" | "max">,
  ): { min: number | undefined; max: number | undefined } {
    const min = this.bound(type, "min", data.min);
    const max = this.bound(type, "max", data.max);
    if (min !== undefined && max !== undefined && min > max) {
      this.refuse("MANIFEST_BOUND", "min", "min is greater than max", "swap them");
    }
    return { min, max };
  }

  values(type: SettingType, values: readonly string[] | undefined): void {
    if (type === "enum" && !values) {
      this.refuse("MANIFEST_ENUM", "type", "an enum needs its values", "add values: [first, second]");
    } else if (type !== "enum" && values) {
      this.refuse("MANIFEST_ENUM", "values", `values belong to type enum, not ${type}`, "write type: enum");
    }
  }

  /** The pattern, if it can be used. */
  pattern(type: SettingType, pattern: string | undefined): string | undefined {
    if (pattern === undefined) {
      if (type === "pattern") {
        this.refuse("MANIFEST_PATTERN", "type", "type pattern needs a pattern", "add pattern: '[a-z]+'");
      }
      return undefined;
    }
    if (type !== "pattern" && type !== "string") {
      this.refuse("MANIFEST_PATTERN", "pattern", `a pattern makes no sense for type ${type}`, "delete it");
      return undefined;
    }
    try {
      wholePattern(pattern);
      return pattern;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.refuse("MANIFEST_PATTERN", "pattern", "the pattern is no regular expression", "correct it");
      return undefined;
    }
  }

  required(required: SettingData["required"]): void {
    if (!Array.isArray(required)) return;
    const known = targetsOf(this.#root);
    for (const { text, place } of textsAt(this.#root, "settings", this.#name, "required")) {
      if (known.includes(text)) continue;
      const meant = nearest(text, known);
      // What is near no name may be anything, also a secret in the wrong place.
      const why = `${this.#name}: ${meant ? text : "what stands here"} is no environment and no kind`;
      const fix = meant ? `write ${meant}` : `write one of ${known.join(", ")}`;
      this.drafts.push({ code: "MANIFEST_UNKNOWN_ENVIRONMENT", setting: this.#name, place, why, fix });
    }
  }

  merge(type: SettingType, given: SettingData["merge"]): MergeRule {
    if (given === undefined) return type === "object" ? "deep" : "replace";
    const list = given === "append" || typeof given === "object";
    if (given === "replace" || (type === "list" && list) || (type === "object" && given === "deep"))
      return given;
    const wanted = type === "list" ? "replace, append or { by: field }" : "replace or deep";
    const structured = type === "list" || type === "object";
    const fix = structured ? `write ${wanted}` : "delete merge, or write type: list or object";
    this.refuse("MANIFEST_MERGE", "merge", `values of type ${type} can't be merged like that`, fix);
    return "replace";
  }

  default(declaration: SettingDeclaration): void {
    const { type, secret, default: value } = declaration;
    if (value === undefined) return;
    if (secret) {
      const fix = `delete it and run: ringfence secret set ${this.#name} -e <environment>`;
      this.refuse(
        "MANIFEST_SECRET_DEFAULT",
        "default",
        "a secret has no default: it would be readable here",
        fix,
      );
      return;
    }
    // A reference has its value only in an environment; resolution checks it there.
    if (typeof value === "string" && value.includes("${")) return;
    const typed = typeValue(declaration, { value, text: plainText(value) });
    if (typed.fits) {
      if (typeof value === "string" || NATURAL.includes(type)) return;
      this.refuse("MANIFEST_DEFAULT", "default", `the default of a ${type} is a text`, "put it in quotes");
      return;
    }
    const why = `the default ${JSON.stringify(value)} does not fit, expected ${typed.expected}`;
    this.refuse(
      "MANIFEST_DEFAULT",
      "default",
      why,
      typed.example ? `write default: ${typed.example}` : "correct it",
    );
  }
}

const UNBOUND = { values: undefined, pattern: undefined, min: undefined, max: undefined } as const;

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
  const given = nodeAt(entry.value, ["default"]);
  const declaration: SettingDeclaration = {
    name,
    type,
    secret: data.secret ?? false,
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
    ...check.bounds(type, data),
    deprecated: data.deprecated,
    doc: data.doc,
    place: entry.keyPlace,
  };
  if (check.drafts.length === 0) check.default(declaration);
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
    const override: SettingOverride = {
      target,
      required: own.required,
      default: given && plainValue(given),
      values: own.values,
      pattern: check.pattern(declaration.pattern === undefined ? type : "string", own.pattern),
      ...check.bounds(type, own),
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
  return { settings, drafts };
}
