/** Gathers what every source says about every setting, lowest first, and what is wrong with the sources themselves. */
import type { Place } from "../base/place.ts";
import { type FindingDraft, FindingList } from "../model/finding-list.ts";
import type { Environment, LayerDeclaration, Project } from "../model/project.ts";
import type { SettingDeclaration } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Candidate } from "./evaluate.ts";
import type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
import type { Suggestions } from "./suggestions.ts";
import { parseJsonLayer, parseYamlLayer } from "./tree-layer.ts";

/** A declared layer with the text of its file. */
export interface LayerText {
  readonly declaration: LayerDeclaration;
  /** The declaration's path with the environment's name in it; relative to the root. */
  readonly path: string;
  /** Undefined where the file is missing. */
  readonly text: string | undefined;
}

/** One secret of the environment's secrets file. */
export interface SecretEntry {
  readonly name: string;
  /** Undefined where it can't be opened here. */
  readonly value: string | undefined;
  readonly place: Place;
}

export interface GatherInput {
  readonly project: Project;
  readonly environment: Environment;
  readonly layers: readonly LayerText[];
  readonly secrets: readonly SecretEntry[];
  readonly declared: ReadonlyMap<string, SettingDeclaration>;
  readonly suggestions: () => Suggestions;
}

export interface Gathered {
  /** In the manifest's order, then in the order of the layers. Names that nothing sets are left out. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>;
  /** Names whose values are secret whatever source they come from. */
  readonly secretNames: ReadonlySet<string>;
  readonly drafts: FindingList;
}

/** `<from-secrets-manager>` and the like: somebody meant to put a value here. */
export function isPlaceholder(text: string): boolean {
  return /^\s*<[^<>]+>\s*$/.test(text);
}

function parseLayer(
  { format }: LayerDeclaration,
  text: string,
  file: string,
  declared: ReadonlyMap<string, SettingDeclaration>,
): ParsedLayer {
  if (format === "dotenv") return parseDotenv(text, file);
  const parse = format === "yaml" ? parseYamlLayer : parseJsonLayer;
  return parse(text, file, (name) => declared.get(name)?.type === "object");
}

class Gatherer {
  readonly drafts = new FindingList();
  readonly candidates = new Map<string, Candidate[]>();
  readonly secretNames: ReadonlySet<string>;
  readonly #input: GatherInput;
  #suggestions: Suggestions | undefined;

  constructor(input: GatherInput) {
    this.#input = input;
    const declaredSecrets = input.project.settings.filter(({ secret }) => secret).map(({ name }) => name);
    this.secretNames = new Set([...declaredSecrets, ...input.secrets.map(({ name }) => name)]);
  }

  run(): Gathered {
    const { project, layers, secrets } = this.#input;
    for (const declaration of project.settings) this.#default(declaration);
    for (const layer of layers) this.#layer(layer);
    for (const secret of secrets) this.#secret(secret);
    const candidates = new Map([...this.candidates].filter(([, list]) => list.length > 0));
    return { candidates, secretNames: this.secretNames, drafts: this.drafts };
  }

  #push(name: string, candidate: Omit<Candidate, "secret" | "sealed">, sealed = false): void {
    const secret = this.secretNames.has(name);
    const list = this.candidates.get(name) ?? [];
    // A secret is used as it stands: what looks like a reference in it may be part of a password.
    list.push({ ...candidate, interpolated: candidate.interpolated && !secret, secret, sealed });
    this.candidates.set(name, list);
  }

  #default({ name, default: value, place }: SettingDeclaration): void {
    this.candidates.set(name, []);
    if (value === undefined) return;
    const text = plainText(value);
    this.#push(name, { origin: "default", source: "default", place, value, text, interpolated: true });
  }

  #layer({ declaration, path, text }: LayerText): void {
    if (text === undefined) {
      if (declaration.optional) return;
      this.drafts.add({
        code: "SETTING_LAYER_MISSING",
        place: declaration.place,
        why: `the layer ${path} does not exist`,
        fix: `create ${path}, or make the layer optional`,
      });
      return;
    }
    const { entries, problems } = parseLayer(declaration, text, path, this.#input.declared);
    this.drafts.addAll(problems);
    for (const entry of entries) {
      this.#checkEntry(entry);
      const { name, value, interpolated, syntax, place } = entry;
      // A secret is literal, so its text must be free of the mark that only interpolation knows.
      const exact = this.secretNames.has(name) && typeof value === "string" ? value : entry.text;
      this.#push(name, { origin: "layer", source: path, place, value, text: exact, interpolated, syntax });
    }
  }

  #checkEntry({ name, value, place }: LayerEntry): void {
    const { environment } = this.#input;
    this.#checkKnown(name, place, environment.policies.strictSettings ? "error" : "warning");
    const text = plainText(value);
    if (!this.secretNames.has(name) || text === "" || isPlaceholder(text)) return;
    const kind = environment.like ?? environment.kind;
    this.drafts.add({
      code: "SETTING_SECRET_IN_PLAIN",
      severity: kind === "local" || kind === "development" ? "warning" : "error",
      setting: name,
      place,
      why: `${name} is a secret, but stands here for all to read`,
      fix: `ringfence secret set ${name} -e ${environment.name}   (a new value; then delete the line here)`,
    });
  }

  #checkKnown(name: string, place: Place, severity: "error" | "warning"): void {
    const { project, declared, suggestions } = this.#input;
    // A project that declares no settings at all has no schema to hold names against.
    if (declared.size === 0 || declared.has(name) || name === project.detect.variable) return;
    this.#suggestions ??= suggestions();
    const meant = this.#suggestions.for(name);
    const draft: FindingDraft = {
      code: "SETTING_UNKNOWN",
      severity,
      setting: name,
      place,
      why: `${name} is not declared in ${project.manifest}`,
      fix: meant ? `write ${meant}` : `declare it under settings in ${project.manifest}, or delete it`,
    };
    this.drafts.add(draft);
  }

  #secret({ name, value, place }: SecretEntry): void {
    this.#checkKnown(name, place, "warning");
    const text = value ?? "";
    const source = place.file;
    this.#push(
      name,
      { origin: "secrets", source, place, value: value ?? null, text, interpolated: false },
      value === undefined,
    );
  }
}

/** Everything below the process environment. */
export function gather(input: GatherInput): Gathered {
  return new Gatherer(input).run();
}
