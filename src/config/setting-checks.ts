/** What is wrong with one resolved setting: its type, a placeholder, a missing or deprecated key. No message holds a secret. */
import { nearest } from "../base/nearest.ts";
import type { Place } from "../base/place.ts";
import { shellWord } from "../base/shell-word.ts";
import { isUnfilled } from "../model/credential-text.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { Environment, Project } from "../model/project.ts";
import { type SettingDeclaration, type SettingType, type SettingValue, UNSET } from "../model/setting.ts";
import { expectationOf, plainText, typeValue } from "../model/setting-value.ts";
import type { Candidate, Evaluated } from "./evaluate.ts";
import { hasUnsetItem } from "./merge-values.ts";

/** Only values of these types are shown in messages: the others may carry credentials, as URLs do. */
const SHOWN: ReadonlySet<SettingType> = new Set([
  "integer",
  "number",
  "boolean",
  "port",
  "duration",
  "size",
  "enum",
  "cidr",
]);
const LONGEST_SHOWN = 40;

/** True for types whose values may stand in a message, unless they are secret. */
export function isShown(type: SettingType): boolean {
  return SHOWN.has(type);
}

export interface CheckInput {
  readonly project: Project;
  readonly environment: Environment;
  readonly name: string;
  readonly declaration: SettingDeclaration | undefined;
  readonly winner: Candidate;
  /** Where a list has the item `<unset>`, if it has. */
  readonly unsetAt: () => Place;
  readonly evaluated: Evaluated;
}

export interface CheckedValue {
  readonly value: SettingValue;
  readonly text: string;
  /** False where it is none of its declaration's: a reference failed, a placeholder stands there, the type differs. */
  readonly fits: boolean;
  readonly drafts: readonly FindingDraft[];
}

function secretCommand(name: string, environment: Environment): string {
  return `ringfence secret set ${name} -e ${environment.name}`;
}

/** The policy is in the manifest, perhaps by the kind alone; a layer's value counts more than it. */
function policyCorrection({ name, declaration, environment, project }: CheckInput, example: string): string {
  const policy = `change policies: { ${declaration?.policy}: … } of ${environment.name} in ${project.manifest}`;
  if (example === "") return policy;
  return `ringfence config set ${name} ${shellWord(example)} -e ${environment.name}   # or ${policy}`;
}

/** What to write where the value was set. */
function correction(input: CheckInput, example: string): string {
  const { name, environment, winner, evaluated } = input;
  if (winner.origin === "secrets") return secretCommand(name, environment);
  const value = example || "a value that fits";
  if (winner.origin === "process") return example ? `export ${name}=${value}` : `unset ${name}`;
  if (winner.origin === "policy") return policyCorrection(input, example);
  if (winner.origin === "default") return `write default: ${value}`;
  return evaluated.text === "" ? `write ${value}, or delete ${name} here` : `write ${value}`;
}

function typeFinding(input: CheckInput, expected: string, example: string): FindingDraft {
  const { name, declaration, winner, evaluated } = input;
  const { secret, text } = evaluated;
  const shown = !secret && declaration && isShown(declaration.type) && text.length <= LONGEST_SHOWN;
  const given = text === "" ? "is empty" : shown ? `is ${JSON.stringify(text)}` : "does not fit";
  const meant = shown ? nearest(text, declaration.values ?? []) : undefined;
  return {
    code: "SETTING_TYPE",
    setting: name,
    place: winner.place,
    why: `${name} ${given}, expected ${expected}`,
    fix: correction(input, meant ?? example),
  };
}

/** `<unset>` takes away a key or a whole setting: as the item of a list it says nothing. */
function unsetItems({ name, unsetAt }: CheckInput, value: SettingValue, text: string): FindingDraft[] {
  if (!text.includes(UNSET) || !hasUnsetItem(value)) return [];
  const why = `an item of ${name} is ${UNSET}, which takes away keys, no items`;
  const fix = "delete the item; to begin anew, write the list with merge: replace";
  return [{ code: "SETTING_PLACEHOLDER", setting: name, place: unsetAt(), why, fix }];
}

/** Types the winning value. Where that fails the text stays as value, beside the finding. */
export function checkValue(input: CheckInput): CheckedValue {
  const { name, declaration, winner, evaluated, environment } = input;
  const { value, text, failed, sealed, secret } = evaluated;
  const drafts: FindingDraft[] = [];
  const isOld = declaration?.deprecated !== undefined || declaration?.replacedBy !== undefined;
  if (declaration && isOld && winner.origin !== "default" && winner.origin !== "policy") {
    const { deprecated, replacedBy } = declaration;
    const why = `${name} is deprecated: ${deprecated ?? `use ${replacedBy}`}`;
    const fix = replacedBy
      ? `ringfence config rename ${name} ${replacedBy}`
      : `follow that, then delete ${name} here`;
    drafts.push({
      code: "SETTING_DEPRECATED",
      severity: "warning",
      setting: name,
      place: winner.place,
      why,
      fix,
    });
  }
  if (failed || sealed) return { value: null, text: "", fits: !failed, drafts };
  if (isUnfilled(text)) {
    const why = `${name} is a placeholder, no value`;
    // `<from-secrets-manager>`: what belongs here is a secret, declared or not.
    const meansSecret = secret || /secret|vault|manager|kms/i.test(text);
    const fix = meansSecret
      ? secretCommand(name, environment)
      : correction(input, declaration ? expectationOf(declaration.type).example : "");
    drafts.push({ code: "SETTING_PLACEHOLDER", setting: name, place: winner.place, why, fix });
    return { value: text, text, fits: false, drafts };
  }
  if (text.includes("\u0000")) {
    drafts.push(typeFinding(input, "a text without NUL characters", ""));
    return { value: null, text: "", fits: false, drafts };
  }
  if (!declaration) {
    drafts.push(...unsetItems(input, value, text));
    return { value: value ?? text, text, fits: true, drafts };
  }
  const typed = typeValue(declaration, { value, text });
  if (typed.fits) {
    drafts.push(...unsetItems(input, typed.value, text));
    return { value: typed.value, text: typed.text, fits: true, drafts };
  }
  drafts.push(typeFinding(input, typed.expected, typed.example));
  return { value: text, text, fits: false, drafts };
}

/** The finding of a required setting that nothing sets, or that is empty or taken away where it was set. */
export function missingFinding(
  declaration: SettingDeclaration,
  { name: environment }: Environment,
  emptyAt: Candidate | undefined,
): FindingDraft {
  const { name, secret, place, type, values } = declaration;
  const how = emptyAt?.removes ? "is taken away here" : emptyAt ? "is empty here" : "nothing sets it";
  const example = plainText(values?.[0] ?? (expectationOf(type).example || "value"));
  return {
    code: "SETTING_MISSING",
    setting: name,
    place: emptyAt?.place ?? place,
    why: `${name} is required in ${environment}, but ${how}`,
    fix: secret
      ? `ringfence secret set ${name} -e ${environment}`
      : `ringfence config set ${name} ${shellWord(example)} -e ${environment}`,
  };
}
