/** The checks of one setting's declaration in the manifest: mistakes that only its type or the other names can tell. */
import { nearest } from "../base/nearest.ts";
import { hasVendorProbe, isLoopback } from "./credential-probe.ts";
import { ALLOWABLE_CODES } from "./finding-code.ts";
import type { FindingDraft } from "./finding-list.ts";
import { targetsOf } from "./manifest-links.ts";
import type { SettingData } from "./manifest-schema.ts";
import { policyFits } from "./policy-value.ts";
import type { MergeRule, SettingDeclaration, SettingType } from "./setting.ts";
import { BOUNDED_TYPES, expectationOf, plainText, typeValue, wholePattern } from "./setting-value.ts";
import { placeOf, type SourceNode, textsAt } from "./source-tree.ts";

const UNBOUND = { values: undefined, pattern: undefined, min: undefined, max: undefined } as const;

/** Types whose default may stand without quotes though it is no text. */
const NATURAL: readonly SettingType[] = ["integer", "number", "port", "size", "boolean", "list", "object"];

type Bounds = Pick<SettingDeclaration, "min" | "max">;

/** Checks of one declaration. Each reports at the key that it is about. */
export class SettingCheck {
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

  bounds(type: SettingType, data: Pick<SettingData, "min" | "max">): Bounds {
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

  /** The published format, where the type can have one. */
  format(type: SettingType, format: SettingData["format"]): SettingData["format"] {
    if (format === undefined || type === "string" || type === "url") return format;
    this.refuse("MANIFEST_PATTERN", "format", `a format makes no sense for type ${type}`, "delete it");
    return undefined;
  }

  /** The address to ask at: a credential is shown to nobody in plain text. */
  probe({ probe, format }: SettingData): { readonly probe?: string | false } {
    if (probe === undefined || probe === false) return probe === undefined ? {} : { probe };
    const url = URL.parse(probe);
    const isLocal = url !== null && isLoopback(url);
    const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLocal);
    const fix = "write an address like https://api.example.com, or false";
    if (!isSafe || url.username !== "" || url.search !== "" || url.hash !== "")
      this.refuse("MANIFEST_VALUE", "probe", "that is no address of https without a user and a query", fix);
    else if (!hasVendorProbe(format))
      this.refuse("MANIFEST_VALUE", "probe", "nobody can be asked about values of this format", "delete it");
    else return { probe };
    return {};
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

  allow(codes: SettingData["allow"] = {}): void {
    for (const code of Object.keys(codes)) {
      if (ALLOWABLE_CODES.includes(code)) continue;
      const meant = nearest(code, ALLOWABLE_CODES);
      const place = placeOf(this.#root, ["settings", this.#name, "allow", code]);
      const why = `${this.#name}: ${code} is no code of a security or performance finding`;
      const fix = `write ${meant ?? `one of ${ALLOWABLE_CODES.join(", ")}`}`;
      this.drafts.push({ code: "MANIFEST_UNKNOWN_CODE", setting: this.#name, place, why, fix });
    }
  }

  policy({ policy, name, type, values }: SettingDeclaration): void {
    if (policy === undefined || policyFits(policy, { name, type, values })) return;
    const isNumber = policy === "tokenLifetime" && (type === "integer" || type === "number");
    const why = isNumber
      ? `the name says no unit for the number that policy ${policy} gives`
      : `what policy ${policy} gives does not fit type ${type}${type === "enum" ? " with these values" : ""}`;
    const fix = policy === "tokenLifetime" ? "write type: duration" : "delete policy, or change the type";
    const unit = isNumber ? `, or let the name end in a unit: ${name}_SECONDS` : "";
    this.refuse("MANIFEST_POLICY", "policy", why, fix + unit);
  }

  /** An override's own bound against the declaration's other one. */
  boundsAgainst({ min, max }: Bounds, own: Bounds): void {
    if (own.min !== undefined && own.max === undefined && max !== undefined && own.min > max)
      this.refuse("MANIFEST_BOUND", "min", "min is greater than the declaration's max", "add a max here");
    if (own.max !== undefined && own.min === undefined && min !== undefined && own.max < min)
      this.refuse("MANIFEST_BOUND", "max", "max is less than the declaration's min", "add a min here");
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
