/**
 * Resolution: the final settings of one environment, each with its history, and everything that is wrong with
 * them at once. Reads no file and no process state: both are handed in.
 */
import type { Place } from "../base/place.ts";
import { declarationIn } from "../model/declaration.ts";
import type { Finding } from "../model/finding.ts";
import type { FindingDraft, FindingList } from "../model/finding-list.ts";
import type { Environment, Project } from "../model/project.ts";
import type { RuleChecker } from "../model/rule-check.ts";
import type { PendingReference, ReferenceReader } from "../model/secret-reference.ts";
import type { Contribution, Phase, ResolvedSetting, SettingDeclaration } from "../model/setting.ts";
import { adviceOn } from "./advice.ts";
import { type Gathered, gather, type LayerCache, type LayerText, type SecretEntry } from "./candidates.ts";
import { isLeftToSelection, wrongEnvironment } from "./environment-name.ts";
import { type Candidate, type Evaluated, type Evaluation, evaluate } from "./evaluate.ts";
import { finalFindings } from "./final-checks.ts";
import { type Choice, choose, unsetItemAt } from "./merge.ts";
import { prefixReader } from "./prefixed.ts";
import { securityFindings } from "./security-checks.ts";
import { checkValue, missingFinding } from "./setting-checks.ts";
import { Suggestions } from "./suggestions.ts";
import { withoutAllowed } from "./waivers.ts";

export interface ResolveInput {
  readonly project: Project;
  readonly environment: Environment;
  /** The declared layers in order. */
  readonly layers: readonly LayerText[];
  readonly secrets: readonly SecretEntry[];
  /**
   * The process environment. Only declared keys are looked at; where the project declares none, those that a layer
   * or the secrets file has.
   */
  readonly process: Readonly<Record<string, string | undefined>>;
  /** What `--set` gives: above everything else. */
  readonly flags?: Readonly<Record<string, string>>;
  /** What is needed then is required; undefined: what any phase needs. */
  readonly phase?: Phase | undefined;
  /**
   * Holds the settings against the project's rules. `unasked`: nobody will look at what they say. Undefined: it is not
   * there, and every rule is an error.
   */
  readonly rules: RuleChecker | "unasked" | undefined;
  /** Tells which texts of secrets are references to other stores, and what those said. Undefined: none is one. */
  readonly references: ReferenceReader | undefined;
  /** Handed to several resolutions, shared layers are parsed once. */
  readonly cache?: LayerCache;
}

/** The final settings of one environment. */
export interface Resolution {
  readonly environment: string;
  /** In the manifest's order, then undeclared ones in the order of the layers. */
  readonly settings: ReadonlyMap<string, ResolvedSetting>;
  /** Those that a layer took away, with their history. */
  readonly removed: ReadonlyMap<string, ResolvedSetting>;
  /** By place. Nothing may run while one of them is an error. */
  readonly findings: readonly Finding[];
}

const PROCESS: Place = { file: "process environment", line: 0, column: 0 };
const FLAG: Place = { file: "--set", line: 0, column: 0 };
const SELECTION: Place = { file: "selected environment", line: 0, column: 0 };

function literal(
  origin: "process" | "selection" | "flag",
  place: Place,
  text: string,
  secret: boolean,
): Candidate {
  const common = { interpolated: false, sealed: false, final: false, removes: false };
  return { ...common, origin, source: place.file, place, value: text, text, secret };
}

class Resolver {
  readonly #input: ResolveInput;
  readonly #declared: ReadonlyMap<string, SettingDeclaration>;
  readonly #gathered: Gathered;
  readonly #findings: FindingList;
  readonly #candidates: Map<string, Candidate[]>;
  readonly #choices = new Map<string, Choice>();
  readonly #unusable = new Set<string>();

  constructor(input: ResolveInput) {
    this.#input = input;
    const { project, environment } = input;
    const names = new Set(project.settings.map(({ name }) => name));
    const { isForeign } = prefixReader(project, environment, (name) => names.has(name));
    this.#declared = new Map(
      project.settings
        .filter(({ name }) => !isForeign(name))
        .map((declaration) => [declaration.name, declarationIn(declaration, environment)]),
    );
    const suggestions = (): Suggestions => new Suggestions(this.#declared.keys());
    this.#gathered = gather({ ...input, declared: this.#declared, suggestions });
    this.#findings = this.#gathered.drafts;
    this.#candidates = this.#gathered.candidates;
  }

  run(): Resolution {
    const { environment } = this.#input;
    this.#selection();
    this.#withFlags();
    const evaluation = this.#withProcess(this.#evaluate());
    this.#findings.addAll(evaluation.problems);
    const settings = new Map<string, ResolvedSetting>();
    const removed = new Map<string, ResolvedSetting>();
    for (const declaration of this.#declared.values()) {
      if (!this.#candidates.has(declaration.name)) this.#missing(declaration, undefined);
    }
    for (const [name, evaluated] of evaluation.settings) settings.set(name, this.#settle(name, evaluated));
    for (const [name, choice] of this.#choices) {
      this.#findings.addAll(finalFindings(name, choice, settings.get(name)));
      if (choice.top.removes) removed.set(name, this.#withoutValue(name, choice));
    }
    this.#checkSelection(settings);
    const ordered = this.#ordered(settings);
    const judged = [...securityFindings(environment, ordered.values()), ...adviceOn(environment, ordered)];
    this.#findings.addAll(withoutAllowed(judged, ordered));
    this.#findings.addAll(this.#rules(ordered));
    return {
      environment: environment.name,
      settings: ordered,
      removed,
      findings: this.#findings.sorted(),
    };
  }

  /** What the rules say. One that was asked for and can't be held against the settings is never passed. */
  #rules(settings: ReadonlyMap<string, ResolvedSetting>): readonly FindingDraft[] {
    const { project, environment, rules } = this.#input;
    if (project.rules.length === 0 || rules === "unasked") return [];
    if (rules) {
      const declared = [...this.#declared.keys()];
      return rules(project.rules, { environment, settings, unusable: this.#unusable, declared });
    }
    return project.rules.map(({ place }) => ({
      code: "RULE_UNKNOWN",
      severity: "error",
      place,
      why: "what holds settings against rules was not loaded: whether this one holds is unknown",
      fix: `ringfence config check -e ${environment.name}`,
    }));
  }

  /** Declared order first: evaluation went by references. */
  #ordered(settings: ReadonlyMap<string, ResolvedSetting>): ReadonlyMap<string, ResolvedSetting> {
    const ordered = new Map<string, ResolvedSetting>();
    for (const names of [this.#declared.keys(), this.#candidates.keys()]) {
      for (const name of names) {
        const setting = settings.get(name);
        if (setting) ordered.set(name, setting);
      }
    }
    return ordered;
  }

  /**
   * The variable that names the environment is decided by the selection: the process environment has been asked
   * already, a layer must not say another, and where no layer says it the selection does.
   */
  #selection(): void {
    const { project, environment } = this.#input;
    const { variable } = project.detect;
    if (!this.#declared.has(variable) || !isLeftToSelection(this.#candidates.get(variable) ?? [])) return;
    const secret = this.#gathered.secretNames.has(variable);
    this.#add(variable, literal("selection", SELECTION, environment.name, secret));
  }

  #checkSelection(settings: ReadonlyMap<string, ResolvedSetting>): void {
    const { project, environment } = this.#input;
    const { variable } = project.detect;
    const setting = settings.get(variable);
    if (!setting) return;
    const { top } = this.#choices.get(variable)!;
    this.#findings.addAll(wrongEnvironment(project, environment, setting, top));
  }

  #evaluate(): Evaluation {
    const winners = new Map<string, Candidate>();
    for (const [name, candidates] of this.#candidates) {
      const choice = choose(candidates, this.#declared.get(name));
      this.#choices.set(name, choice);
      if (!choice.top.removes) winners.set(name, choice.winner);
    }
    return evaluate({
      winners,
      below: (name, level) => this.#choices.get(name)!.counted.at(-1 - level),
      environment: this.#input.environment.name,
      isDeclared: (name) => this.#declared.has(name),
      suggestions: new Suggestions(new Set([...this.#declared.keys(), ...winners.keys()])),
    });
  }

  #add(name: string, candidate: Candidate): void {
    const list = this.#candidates.get(name);
    if (list) list.push(candidate);
    else this.#candidates.set(name, [candidate]);
  }

  #withFlags(): void {
    for (const [name, text] of Object.entries(this.#input.flags ?? {})) {
      this.#add(name, literal("flag", FLAG, text, this.#gathered.secretNames.has(name)));
    }
  }

  /** Adds what the process environment sets differently. What is equal already changes nothing and is not named. */
  #withProcess(below: Evaluation): Evaluation {
    const { process, project, flags = {} } = this.#input;
    let changed = false;
    const known: { has(name: string): boolean } = this.#declared.size > 0 ? this.#declared : this.#candidates;
    // Not the other way round: asking the process environment for a name costs a call of the system.
    for (const name of Object.keys(process)) {
      if (!known.has(name) || name === project.detect.variable || Object.hasOwn(flags, name)) continue;
      const text = process[name];
      if (text === undefined) continue;
      const before = below.settings.get(name);
      if (before && !before.failed && !before.sealed && before.text === text) continue;
      this.#add(name, literal("process", PROCESS, text, this.#gathered.secretNames.has(name)));
      changed = true;
    }
    return changed ? this.#evaluate() : below;
  }

  #missing(declaration: SettingDeclaration, emptyAt: Candidate | undefined): void {
    const { environment, phase } = this.#input;
    const { required, phases } = declaration;
    if (required !== true || (phase !== undefined && !phases.includes(phase))) return;
    this.#findings.add(missingFinding(declaration, environment, emptyAt));
  }

  #history(name: string, { top, parts }: Choice, secret: boolean): Contribution[] {
    return this.#candidates.get(name)!.map((candidate) => ({
      source: candidate.source,
      place: candidate.place,
      value: secret ? undefined : candidate.value,
      ...(candidate.reference && { reference: candidate.reference.text }),
      wins: candidate === top,
      removes: candidate.removes,
      merged: parts?.includes(candidate) ?? false,
    }));
  }

  #withoutValue(name: string, choice: Choice): ResolvedSetting {
    const declaration = this.#declared.get(name);
    if (declaration) this.#missing(declaration, choice.top);
    const secret = this.#gathered.secretNames.has(name);
    const history = this.#history(name, choice, secret);
    return {
      name,
      value: null,
      text: "",
      secret,
      sealed: false,
      set: false,
      declaration,
      history,
      references: [],
    };
  }

  #settle(name: string, evaluated: Evaluated): ResolvedSetting {
    const { project, environment } = this.#input;
    const declaration = this.#declared.get(name);
    const choice = this.#choices.get(name)!;
    const { winner } = choice;
    const { secret, sealed, failed, references, pending } = evaluated;
    for (const one of pending) if (one.setting === name) this.#unasked(one);
    const unsetAt = (): Place => unsetItemAt(choice);
    const checked = checkValue({ project, environment, name, declaration, winner, unsetAt, evaluated });
    this.#findings.addAll(checked.drafts);
    if (!checked.fits) this.#unusable.add(name);
    const empty = checked.text === "" && !failed && !sealed;
    // An empty value of another type than text is a type error already.
    const typeError = checked.drafts.some(({ code }) => code === "SETTING_TYPE");
    if (declaration && empty && !typeError) this.#missing(declaration, winner);
    const history = this.#history(name, choice, secret);
    const { value, text } = checked;
    const common = { name, value, text, secret, sealed, set: true, declaration, history, references };
    const setting: ResolvedSetting = checked.fits ? common : { ...common, unusable: true };
    return pending.length > 0 ? { ...setting, pending } : setting;
  }

  #unasked({ setting, text, place }: PendingReference): void {
    this.#findings.add({
      code: "REFERENCE_UNASKED",
      severity: "advice",
      setting,
      place,
      why: `${setting} is kept at ${text}, which was not asked: whether it is there is unknown`,
      fix: `ringfence config check -e ${this.#input.environment.name} --resolve`,
    });
  }
}

/**
 * Resolves the settings of one environment. Lowest first: the declaration's default, the policy that it names, the
 * layers in order, the secrets file, the process environment, `--set`. Never throws for what the sources say; linear in settings and text.
 */
export function resolve(input: ResolveInput): Resolution {
  return new Resolver(input).run();
}
