/**
 * Interpolation across layers: every setting's winning value is evaluated once, after the settings that it refers
 * to. What reads a secret is secret itself. Pure; mistakes come back as findings.
 */
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { orderGraph } from "../model/graph.ts";
import type { SettingValue } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { LITERAL_DOLLAR } from "./layer-entry.ts";
import type { Suggestions } from "./suggestions.ts";
import {
  namesIn,
  parseTemplate,
  type Reference,
  type TemplatePart,
  type TemplateSyntax,
} from "./template.ts";

/** What one source says about one setting. */
export interface Candidate {
  readonly origin: "default" | "policy" | "layer" | "secrets" | "process" | "flag" | "selection";
  /** Name of the source: a path, `default` … */
  readonly source: string;
  readonly place: Place;
  readonly value: SettingValue;
  readonly text: string;
  readonly interpolated: boolean;
  /** Whose references the text has; Ringfence's own where it is left out. */
  readonly syntax?: TemplateSyntax | undefined;
  readonly secret: boolean;
  /** Encrypted, and can't be opened here. */
  readonly sealed: boolean;
  /** Later sources may not say otherwise. */
  readonly final: boolean;
  /** It takes away what lower sources say. */
  readonly removes: boolean;
}

/** A setting after interpolation, before typing. */
export interface Evaluated {
  readonly value: SettingValue;
  readonly text: string;
  readonly secret: boolean;
  readonly sealed: boolean;
  /** A finding says why there is no value. */
  readonly failed: boolean;
  readonly references: readonly string[];
}

export interface Evaluation {
  readonly settings: ReadonlyMap<string, Evaluated>;
  readonly problems: readonly FindingDraft[];
}

export interface EvaluationInput {
  readonly winners: ReadonlyMap<string, Candidate>;
  readonly environment: string;
  /** True for a setting that is declared, so that a reference to it is no typing mistake. */
  readonly isDeclared: (name: string) => boolean;
  readonly suggestions: Suggestions;
}

/** Linux takes no longer environment variable (MAX_ARG_STRLEN); it also stops references that double each other. */
const LONGEST_TEXT = 131_072;

const SYNTAX_FIX = `write \${NAME}, \${NAME:-default} or \${NAME:?message}; $\${ is a literal \${`;

/** A value cut into templates: one for a text, one for each text inside a list or object. */
type Shape =
  | { readonly kind: "text"; readonly parts: readonly TemplatePart[] }
  | { readonly kind: "list"; readonly items: readonly Shape[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, Shape])[] }
  | { readonly kind: "fixed"; readonly value: SettingValue };

/** @param text for a text, what interpolation reads; inside lists and objects it is the text itself */
function shapeOf(
  value: SettingValue,
  text: string | undefined,
  refuse: (why: string) => void,
  syntax?: TemplateSyntax,
): Shape {
  if (typeof value === "string") {
    const template = parseTemplate(text ?? value, syntax);
    if (template.ok) return { kind: "text", parts: template.parts };
    refuse(template.why);
  } else if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item) => shapeOf(item, undefined, refuse)) };
  } else if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    return { kind: "map", entries: entries.map(([key, item]) => [key, shapeOf(item, undefined, refuse)]) };
  }
  return { kind: "fixed", value };
}

/** False where nothing in it can be a reference: nearly every value, so that those cost nothing more. */
function mayRefer(value: SettingValue, text: string): boolean {
  if (typeof value === "string") return text.includes("$") || text.includes(LITERAL_DOLLAR);
  return (
    value !== null &&
    typeof value === "object" &&
    Object.values(value).some((item) => mayRefer(item, item as string))
  );
}

function* namesOf(shape: Shape): Iterable<string> {
  if (shape.kind === "text") yield* namesIn(shape.parts);
  if (shape.kind === "list") for (const item of shape.items) yield* namesOf(item);
  if (shape.kind === "map") for (const [, item] of shape.entries) yield* namesOf(item);
}

const NO_REFERENCES: readonly string[] = [];

function asWritten({ value, text, secret, sealed }: Candidate): Evaluated {
  return { value, text, secret, sealed, failed: false, references: NO_REFERENCES };
}

class Evaluator {
  readonly problems: FindingDraft[] = [];
  readonly settings = new Map<string, Evaluated>();
  readonly #input: EvaluationInput;
  readonly #shapes = new Map<string, Shape>();
  readonly #refused = new Set<string>();

  constructor(input: EvaluationInput) {
    this.#input = input;
    for (const [name, { value, text, interpolated, syntax }] of input.winners) {
      if (!interpolated || !mayRefer(value, text)) continue;
      const refuse = (why: string): void => this.#refuse(name, "SETTING_INTERPOLATION", why, SYNTAX_FIX);
      this.#shapes.set(name, shapeOf(value, text, refuse, syntax));
    }
  }

  run(): Evaluation {
    const { winners } = this.#input;
    const edges = (name: string): Iterable<string> => {
      const shape = this.#shapes.get(name);
      return shape ? namesOf(shape) : [];
    };
    for (const [name, winner] of winners) {
      if (!this.#shapes.has(name)) this.settings.set(name, asWritten(winner));
    }
    const { order, cycles } = orderGraph(this.#shapes.keys(), edges);
    for (const cycle of cycles) {
      const self = cycle.length === 2;
      const why = self
        ? `${cycle.join(" → ")}: the value refers to itself`
        : `references run in a circle: ${cycle.join(" → ")}`;
      const fix = self
        ? "write the value itself; the process environment wins over it without being named"
        : "write one of these values without its reference";
      this.#refuse(cycle[0]!, "SETTING_CYCLE", why, fix);
    }
    for (const name of order) this.settings.set(name, this.#evaluate(name, winners.get(name)!));
    return { settings: this.settings, problems: this.problems };
  }

  #refuse(name: string, code: string, why: string, fix: string): void {
    this.#refused.add(name);
    const { place } = this.#input.winners.get(name)!;
    this.problems.push({ code, setting: name, place, why, fix });
  }

  #evaluate(name: string, { text, secret }: Candidate): Evaluated {
    const shape = this.#shapes.get(name)!;
    const read = new Set<string>();
    const result = this.#fill(name, shape, read);
    const references = [...read];
    const readsSecret = references.some((reference) => this.settings.get(reference)?.secret);
    // A value without references keeps the text of its file: 1.10 stays 1.10.
    const filled = shape.kind === "fixed" ? text : plainText(result);
    if (filled.length > LONGEST_TEXT && references.length > 0) {
      const why = `${name} grows beyond ${LONGEST_TEXT} characters, more than an environment variable can hold`;
      this.#refuse(name, "SETTING_INTERPOLATION", why, "refer to fewer values");
    }
    const failed = this.#refused.has(name);
    return {
      value: failed ? null : result,
      text: failed ? "" : filled,
      secret: secret || readsSecret,
      sealed: false,
      failed,
      references,
    };
  }

  #fill(name: string, shape: Shape, read: Set<string>): SettingValue {
    if (shape.kind === "fixed") return shape.value;
    if (shape.kind === "text") return this.#join(name, shape.parts, read);
    if (shape.kind === "list") return shape.items.map((item) => this.#fill(name, item, read));
    return Object.fromEntries(shape.entries.map(([key, item]) => [key, this.#fill(name, item, read)]));
  }

  #join(name: string, parts: readonly TemplatePart[], read: Set<string>): string {
    return parts.map((part) => (typeof part === "string" ? part : this.#follow(name, part, read))).join("");
  }

  #follow(name: string, { name: target, otherwise }: Reference, read: Set<string>): string {
    read.add(target);
    const found = this.settings.get(target);
    if (found?.sealed) {
      const why = `${name} refers to ${target}, a secret that can't be opened here`;
      this.#refuse(
        name,
        "SETTING_SEALED_REFERENCE",
        why,
        `use an identity of ${this.#input.environment}, or drop the reference`,
      );
      return "";
    }
    // Without a value though something sets it: it failed, or stands in a circle. That has its own finding.
    if (found ? found.failed : this.#input.winners.has(target)) {
      this.#refused.add(name);
      return "";
    }
    const isThere = found !== undefined && (found.text !== "" || otherwise?.missing !== "empty");
    if (otherwise?.kind === "alternative") return isThere ? this.#join(name, otherwise.parts, read) : "";
    if (isThere) return found.text;
    if (otherwise?.kind === "default") return this.#join(name, otherwise.parts, read);
    if (otherwise?.kind === "blank") this.#blank(name, target);
    else this.#unset(name, target, otherwise?.message);
    return "";
  }

  /** A plain reference to nothing, in a syntax that takes it for the empty text. */
  #blank(name: string, target: string): void {
    this.problems.push({
      code: "SETTING_REFERENCE",
      severity: "warning",
      setting: name,
      place: this.#input.winners.get(name)!.place,
      why: `${name} refers to ${target}, which has no value; that is the empty text here`,
      fix: `set ${target} for ${this.#input.environment}, or write \${${target}:-default}`,
    });
  }

  #unset(name: string, target: string, message: string | undefined): void {
    const { environment, isDeclared, suggestions } = this.#input;
    if (message !== undefined) {
      const why = `${name} needs ${target}: ${message || "it is unset or empty"}`;
      this.#refuse(name, "SETTING_REFERENCE", why, `set ${target} for ${environment}`);
    } else if (isDeclared(target)) {
      const why = `${name} refers to ${target}, which has no value in ${environment}`;
      this.#refuse(name, "SETTING_REFERENCE", why, `set ${target}, or write \${${target}:-default}`);
    } else {
      const meant = suggestions.for(target);
      const why = `${name} refers to ${target}, which no layer and no declaration has`;
      this.#refuse(
        name,
        "SETTING_REFERENCE",
        why,
        meant ? `write \${${meant}}` : `declare ${target}, or write \${${target}:-default}`,
      );
    }
  }
}

/** Evaluates every winning value. Linear in settings and references. */
export function evaluate(input: EvaluationInput): Evaluation {
  return new Evaluator(input).run();
}
