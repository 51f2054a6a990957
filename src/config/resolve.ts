/**
 * Resolution: the final settings of one environment, each with its history, and everything that is wrong with
 * them at once. Reads no file and no process state: both are handed in.
 */
import type { Place } from "../base/place.ts";
import type { Finding } from "../model/finding.ts";
import type { FindingList } from "../model/finding-list.ts";
import type { Environment, Project } from "../model/project.ts";
import type { ResolvedSetting, SettingDeclaration } from "../model/setting.ts";
import { type Gathered, gather, type LayerText, type SecretEntry } from "./candidates.ts";
import { type Candidate, type Evaluated, type Evaluation, evaluate } from "./evaluate.ts";
import { isRequiredIn } from "./presence.ts";
import { checkValue, missingFinding } from "./setting-checks.ts";
import { Suggestions } from "./suggestions.ts";

export interface ResolveInput {
  readonly project: Project;
  readonly environment: Environment;
  /** The declared layers in order. */
  readonly layers: readonly LayerText[];
  readonly secrets: readonly SecretEntry[];
  /** The process environment. Only keys that are declared or that a layer or the secrets file has are looked at. */
  readonly process: Readonly<Record<string, string | undefined>>;
}

/** The final settings of one environment. */
export interface Resolution {
  readonly environment: string;
  /** In the manifest's order, then undeclared ones in the order of the layers. */
  readonly settings: ReadonlyMap<string, ResolvedSetting>;
  /** By place. Nothing may run while one of them is an error. */
  readonly findings: readonly Finding[];
}

const PROCESS: Place = { file: "process environment", line: 0, column: 0 };
const SELECTION: Place = { file: "selected environment", line: 0, column: 0 };

function literal(origin: "process" | "selection", place: Place, text: string, secret: boolean): Candidate {
  return { origin, source: place.file, place, value: text, text, interpolated: false, secret, sealed: false };
}

class Resolver {
  readonly #input: ResolveInput;
  readonly #declared: ReadonlyMap<string, SettingDeclaration>;
  readonly #gathered: Gathered;
  readonly #findings: FindingList;
  readonly #candidates: Map<string, readonly Candidate[]>;

  constructor(input: ResolveInput) {
    this.#input = input;
    this.#declared = new Map(input.project.settings.map((declaration) => [declaration.name, declaration]));
    const suggestions = (): Suggestions => new Suggestions(this.#declared.keys());
    this.#gathered = gather({ ...input, declared: this.#declared, suggestions });
    this.#findings = this.#gathered.drafts;
    this.#candidates = new Map(this.#gathered.candidates);
  }

  run(): Resolution {
    const { environment } = this.#input;
    this.#selection();
    const evaluation = this.#withProcess(this.#evaluate());
    this.#findings.addAll(evaluation.problems);
    const settings = new Map<string, ResolvedSetting>();
    for (const declaration of this.#declared.values()) {
      if (!this.#candidates.has(declaration.name)) this.#missing(declaration, undefined);
    }
    for (const [name, evaluated] of evaluation.settings) {
      settings.set(name, this.#settle(name, evaluated));
    }
    return {
      environment: environment.name,
      settings: this.#ordered(settings),
      findings: this.#findings.sorted(),
    };
  }

  /** Declared order first: evaluation went by references. */
  #ordered(settings: ReadonlyMap<string, ResolvedSetting>): ReadonlyMap<string, ResolvedSetting> {
    const names = new Set([...this.#declared.keys(), ...this.#candidates.keys()]);
    return new Map(
      [...names].flatMap((name) => {
        const setting = settings.get(name);
        return setting ? [[name, setting] as const] : [];
      }),
    );
  }

  /**
   * The variable that names the environment is decided by the selection: the process environment has been asked
   * already, a layer must not say another, and where no layer says it the selection does.
   */
  #selection(): void {
    const { project, environment } = this.#input;
    const { variable } = project.detect;
    const candidates = this.#candidates.get(variable) ?? [];
    const winner = candidates.findLast(({ origin }) => origin === "layer" || origin === "secrets");
    if (!winner) {
      if (!this.#declared.has(variable)) return;
      const secret = this.#gathered.secretNames.has(variable);
      this.#candidates.set(variable, [
        ...candidates,
        literal("selection", SELECTION, environment.name, secret),
      ]);
      return;
    }
    const named = winner.text.trim();
    if (named === environment.name || !project.environments.some(({ name }) => name === named)) return;
    this.#findings.add({
      code: "SETTING_WRONG_ENVIRONMENT",
      setting: variable,
      place: winner.place,
      why: `${variable} says ${named} in the settings of ${environment.name}`,
      fix: `write ${environment.name}, or delete ${variable} here`,
    });
  }

  #evaluate(): Evaluation {
    const winners = new Map([...this.#candidates].map(([name, list]) => [name, list.at(-1)!] as const));
    return evaluate({
      winners,
      environment: this.#input.environment.name,
      isDeclared: (name) => this.#declared.has(name),
      suggestions: new Suggestions(new Set([...this.#declared.keys(), ...winners.keys()])),
    });
  }

  /** Adds what the process environment sets differently. What is equal already changes nothing and is not named. */
  #withProcess(below: Evaluation): Evaluation {
    const { process, project } = this.#input;
    let changed = false;
    for (const name of new Set([...this.#declared.keys(), ...this.#candidates.keys()])) {
      const text = Object.hasOwn(process, name) ? process[name] : undefined;
      if (text === undefined || name === project.detect.variable) continue;
      const before = below.settings.get(name);
      if (before && !before.failed && !before.sealed && before.text === text) continue;
      const candidate = literal("process", PROCESS, text, this.#gathered.secretNames.has(name));
      this.#candidates.set(name, [...(this.#candidates.get(name) ?? []), candidate]);
      changed = true;
    }
    return changed ? this.#evaluate() : below;
  }

  #missing(declaration: SettingDeclaration, emptyAt: Candidate | undefined): void {
    const { project, environment } = this.#input;
    const needed = isRequiredIn(declaration, environment);
    if (needed) this.#findings.add(missingFinding(declaration, project, environment, emptyAt));
  }

  #settle(name: string, evaluated: Evaluated): ResolvedSetting {
    const { project, environment } = this.#input;
    const declaration = this.#declared.get(name);
    const candidates = this.#candidates.get(name)!;
    const winner = candidates.at(-1)!;
    const { secret, sealed, failed, references } = evaluated;
    const checked = checkValue({ project, environment, name, declaration, winner, evaluated });
    this.#findings.addAll(checked.drafts);
    const empty = checked.text === "" && !failed && !sealed;
    // An empty value of another type than text is a type error already.
    const typeError = checked.drafts.some(({ code }) => code === "SETTING_TYPE");
    if (declaration && empty && !typeError) this.#missing(declaration, winner);
    const history = candidates.map((candidate) => ({
      source: candidate.source,
      place: candidate.place,
      value: secret ? undefined : candidate.value,
      wins: candidate === winner,
    }));
    const { value, text } = checked;
    return { name, value, text, secret, sealed, declaration, history, references };
  }
}

/**
 * Resolves the settings of one environment. Lowest first: the declaration's default, the layers in order, the
 * secrets file, the process environment. Never throws for what the sources say; linear in settings and text.
 */
export function resolve(input: ResolveInput): Resolution {
  return new Resolver(input).run();
}
