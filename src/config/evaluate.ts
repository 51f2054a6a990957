/**
 * Interpolation across layers: every setting's winning value is evaluated once, after the settings that it refers
 * to. What reads a secret is secret itself. Pure; mistakes come back as findings.
 *
 * In the syntaxes of others a value that refers to itself reads what the sources below it say: `PORT=${PORT:-3000}`
 * is a default. That lower value is evaluated as if it were a setting of its own, under a key that no setting has.
 */
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { orderGraph } from "../model/graph.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import type { SettingValue } from "../model/setting.ts";
import { plainText, type RawValue } from "../model/setting-value.ts";
import type { Suggestions } from "./suggestions.ts";
import { type Reference, readsBelow, type TemplatePart, type TemplateSyntax } from "./template.ts";
import { mayRefer, namesOf, redirected, type Shape, shapeOf } from "./template-shape.ts";

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
  /** Left out where the value stands here. */
  readonly reference?: CandidateReference | undefined;
  /** Later sources may not say otherwise. */
  readonly final: boolean;
  /** It takes away what lower sources say. */
  readonly removes: boolean;
  /** Its value is what these say together; left out where it says it alone. */
  readonly merging?: Merging | undefined;
}

/** A candidate whose value is kept in another store. */
interface CandidateReference {
  /** As written. */
  readonly text: string;
  /** False: nobody has asked, or there is none. */
  readonly isKnown: boolean;
  /** Why there is no value, where that is known. */
  readonly problem?: FindingDraft | undefined;
}

/** A value made of what several sources say, each with the references of its own syntax. */
interface Merging {
  /** Lowest first. */
  readonly parts: readonly Candidate[];
  readonly combine: (values: readonly RawValue[]) => SettingValue;
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
  /** References to other stores that it hangs on, and that nobody has asked for. */
  readonly pending: readonly PendingReference[];
}

export interface Evaluation {
  readonly settings: ReadonlyMap<string, Evaluated>;
  readonly problems: readonly FindingDraft[];
}

export interface EvaluationInput {
  readonly winners: ReadonlyMap<string, Candidate>;
  /** What counts so many levels below a setting's winner; undefined where nothing does. */
  readonly below: (name: string, level: number) => Candidate | undefined;
  readonly environment: string;
  /** True for a setting that is declared, so that a reference to it is no typing mistake. */
  readonly isDeclared: (name: string) => boolean;
  readonly suggestions: Suggestions;
}

/** Linux takes no longer environment variable (MAX_ARG_STRLEN); it also stops references that double each other. */
const LONGEST_TEXT = 131_072;

const SYNTAX_FIX = `write \${NAME}, \${NAME:-default} or \${NAME:?message}; $\${ is a literal \${`;

const NO_REFERENCES: readonly string[] = [];
const NOTHING_PENDING: readonly PendingReference[] = [];

/** The candidates that a value is made of. */
function partsOf(candidate: Candidate): readonly Candidate[] {
  return candidate.merging?.parts ?? [candidate];
}

function pendingOf(setting: string, candidate: Candidate): readonly PendingReference[] {
  return partsOf(candidate).flatMap(({ reference, place }) =>
    reference && !reference.isKnown && !reference.problem ? [{ setting, text: reference.text, place }] : [],
  );
}

/** Where the value that stands so many levels below a setting's winner is kept. NUL can be in no name. */
function keyBelow(name: string, level: number): string {
  return `${name}\u0000${level}`;
}

/** The setting that a key is about. */
function settingOf(key: string): string {
  return key.split("\u0000", 1)[0]!;
}

class Evaluator {
  readonly problems: FindingDraft[] = [];
  readonly settings = new Map<string, Evaluated>();
  readonly #input: EvaluationInput;
  /** The values to evaluate that are no setting's winner, by key. */
  readonly #lower = new Map<string, Candidate>();
  readonly #shapes = new Map<string, Shape>();
  readonly #refused = new Set<string>();

  constructor(input: EvaluationInput) {
    this.#input = input;
    for (const [name, { value, text, interpolated, merging }] of input.winners) {
      if (merging || (interpolated && mayRefer(value, text))) this.#cut(name);
    }
  }

  run(): Evaluation {
    const { winners } = this.#input;
    const edges = (key: string): Iterable<string> => {
      const shape = this.#shapes.get(key);
      return shape ? namesOf(shape) : [];
    };
    for (const [name, winner] of winners) {
      if (!this.#shapes.has(name)) this.settings.set(name, this.#asWritten(name, winner));
    }
    const { order, cycles } = orderGraph(this.#shapes.keys(), edges);
    for (const cycle of cycles) this.#refuseCycle(cycle);
    for (const key of order) this.settings.set(key, this.#evaluate(key));
    for (const key of this.#lower.keys()) this.settings.delete(key);
    return { settings: this.settings, problems: this.problems };
  }

  #asWritten(name: string, candidate: Candidate): Evaluated {
    const { value, text, secret, sealed, reference } = candidate;
    const common = { value, text, secret, references: NO_REFERENCES };
    if (!reference) return { ...common, sealed, failed: false, pending: NOTHING_PENDING };
    const pending = pendingOf(name, candidate);
    return { ...common, sealed: pending.length > 0, failed: this.#hasFailed(candidate), pending };
  }

  /** Whether a store gave no value; says so. */
  #hasFailed(candidate: Candidate): boolean {
    const problems = partsOf(candidate).flatMap(({ reference }) => reference?.problem ?? []);
    this.problems.push(...problems);
    return problems.length > 0;
  }

  #candidate(key: string): Candidate | undefined {
    return this.#input.winners.get(key) ?? this.#lower.get(key);
  }

  /** Reads the references of a setting's winner, and of what stands below it as far as that is read. */
  #cut(name: string): void {
    let key = name;
    for (let level = 1; ; level++) {
      const candidate = this.#candidate(key)!;
      const shape = this.#shape(key, candidate);
      this.#shapes.set(key, shape);
      if (shape.kind !== "text" || !readsBelow(shape.parts, name, candidate.syntax)) return;
      const next = keyBelow(name, level);
      this.#shapes.set(key, { kind: "text", parts: redirected(shape.parts, name, next) });
      const below = this.#input.below(name, level);
      if (!below) return;
      this.#lower.set(next, below);
      key = next;
    }
  }

  #shape(key: string, { value, text, interpolated, syntax, merging, place }: Candidate): Shape {
    if (merging) {
      const parts = merging.parts.map((part) => ({ text: part.text, shape: this.#shape(key, part) }));
      return { kind: "merged", parts, combine: merging.combine };
    }
    if (!interpolated) return { kind: "fixed", value };
    const refuse = (why: string): void => this.#refuse(key, "SETTING_INTERPOLATION", why, SYNTAX_FIX, place);
    return shapeOf(value, text, refuse, syntax);
  }

  #refuseCycle(cycle: readonly string[]): void {
    const names = cycle.map(settingOf);
    const self = names.every((name) => name === names[0]);
    const path = names.filter((name, at) => (self ? at < 2 : name !== names[at - 1])).join(" → ");
    const why = self ? `${path}: the value refers to itself` : `references run in a circle: ${path}`;
    const fix = self
      ? `export ${names[0]}=…, which wins over it without being named, or write the value itself`
      : "write one of these values without its reference";
    this.#refuse(self ? cycle.at(-2)! : cycle[0]!, "SETTING_CYCLE", why, fix);
  }

  #refuse(
    key: string,
    code: string,
    why: string,
    fix: string,
    place: Place = this.#candidate(key)!.place,
  ): void {
    this.#refused.add(key);
    this.problems.push({ code, setting: settingOf(key), place, why, fix });
  }

  #evaluate(key: string): Evaluated {
    const candidate = this.#candidate(key)!;
    const { text, secret, sealed } = candidate;
    const shape = this.#shapes.get(key)!;
    const read = new Set<string>();
    const result = this.#fill(key, shape, read);
    const found = [...read].flatMap((other) => this.settings.get(other) ?? []);
    const references = [...this.#named(key, read)];
    // A value without references keeps the text of its file: 1.10 stays 1.10.
    const filled = shape.kind === "fixed" ? text : plainText(result);
    if (filled.length > LONGEST_TEXT && read.size > 0) {
      const why = `${settingOf(key)} grows beyond ${LONGEST_TEXT} characters, more than an environment variable can hold`;
      this.#refuse(key, "SETTING_INTERPOLATION", why, "refer to fewer values");
    }
    const failed = this.#hasFailed(candidate) || this.#refused.has(key);
    const pending = [...pendingOf(settingOf(key), candidate), ...found.flatMap((other) => other.pending)];
    const isKnown = !failed && pending.length === 0;
    return {
      value: isKnown ? result : null,
      text: isKnown ? filled : "",
      secret: secret || found.some((other) => other.secret),
      sealed: sealed || pending.length > 0,
      failed,
      references,
      pending,
    };
  }

  /** The settings that were read: for a value further below, those that it read. */
  #named(key: string, read: ReadonlySet<string>): Set<string> {
    const name = settingOf(key);
    const named = (other: string): readonly string[] =>
      other !== key && settingOf(other) === name
        ? (this.settings.get(other)?.references ?? NO_REFERENCES)
        : [other];
    return new Set([...read].flatMap(named));
  }

  #fill(key: string, shape: Shape, read: Set<string>): SettingValue {
    if (shape.kind === "fixed") return shape.value;
    if (shape.kind === "text") return this.#join(key, shape.parts, read);
    if (shape.kind === "list") return shape.items.map((item) => this.#fill(key, item, read));
    if (shape.kind === "merged") {
      const filled = shape.parts.map((part) => {
        const value = this.#fill(key, part.shape, read);
        return { value, text: part.shape.kind === "fixed" ? part.text : plainText(value) };
      });
      return shape.combine(filled);
    }
    return Object.fromEntries(shape.entries.map(([name, item]) => [name, this.#fill(key, item, read)]));
  }

  #join(key: string, parts: readonly TemplatePart[], read: Set<string>): string {
    return parts.map((part) => (typeof part === "string" ? part : this.#follow(key, part, read))).join("");
  }

  #follow(key: string, { name: target, otherwise }: Reference, read: Set<string>): string {
    read.add(target);
    const found = this.settings.get(target);
    // Nobody has asked for it: whoever reads it is not known either.
    if (found && found.pending.length > 0) return "";
    if (found?.sealed) {
      const why = `${settingOf(key)} refers to ${settingOf(target)}, a secret that can't be opened here`;
      const fix = `use an identity of ${this.#input.environment}, or drop the reference`;
      this.#refuse(key, "SETTING_SEALED_REFERENCE", why, fix);
      return "";
    }
    // Without a value though something sets it: it failed, or stands in a circle. That has its own finding.
    if (found ? found.failed : this.#candidate(target)) {
      this.#refused.add(key);
      return "";
    }
    const isThere = found !== undefined && (found.text !== "" || otherwise?.missing !== "empty");
    if (otherwise?.kind === "alternative") return isThere ? this.#join(key, otherwise.parts, read) : "";
    if (isThere) return found.text;
    if (otherwise?.kind === "default") return this.#join(key, otherwise.parts, read);
    if (otherwise?.kind === "blank") this.#blank(key, target);
    else this.#unset(key, settingOf(target), otherwise?.message);
    return "";
  }

  /** A plain reference to nothing, in a syntax that takes it for the empty text. */
  #blank(key: string, target: string): void {
    const [name, missing] = [settingOf(key), settingOf(target)];
    const where = name === missing ? "no value below" : "no value";
    this.problems.push({
      code: "SETTING_REFERENCE",
      severity: "warning",
      setting: name,
      place: this.#candidate(key)!.place,
      why: `${name} refers to ${missing}, which has ${where}; that is the empty text here`,
      fix: `set ${missing} for ${this.#input.environment}, or write \${${missing}:-default}`,
    });
  }

  #unset(key: string, target: string, message: string | undefined): void {
    const { environment, isDeclared, suggestions } = this.#input;
    const name = settingOf(key);
    if (message !== undefined) {
      const why = `${name} needs ${target}: ${message || "it is unset or empty"}`;
      this.#refuse(key, "SETTING_REFERENCE", why, `set ${target} for ${environment}`);
    } else if (isDeclared(target)) {
      const why = `${name} refers to ${target}, which has no value in ${environment}`;
      this.#refuse(key, "SETTING_REFERENCE", why, `set ${target}, or write \${${target}:-default}`);
    } else {
      const meant = suggestions.for(target);
      const why = `${name} refers to ${target}, which no layer and no declaration has`;
      const fix = meant ? `write \${${meant}}` : `declare ${target}, or write \${${target}:-default}`;
      this.#refuse(key, "SETTING_REFERENCE", why, fix);
    }
  }
}

/** Evaluates every winning value. Linear in settings and references. */
export function evaluate(input: EvaluationInput): Evaluation {
  return new Evaluator(input).run();
}
