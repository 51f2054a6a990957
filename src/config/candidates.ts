/** Gathers what every source says about every setting, lowest first, and what is wrong with the sources themselves. */
import type { Place } from "../base/place.ts";
import { isUnfilled } from "../model/credential-text.ts";
import { type FindingDraft, FindingList } from "../model/finding-list.ts";
import { policyValue } from "../model/policy-value.ts";
import type { Environment, LayerDeclaration, Project } from "../model/project.ts";
import type { ReferenceReader, ReferenceReading } from "../model/secret-reference.ts";
import { type SettingDeclaration, type SettingValue, UNSET } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Candidate } from "./evaluate.ts";
import type { LayerEntry, ParsedLayer } from "./layer-entry.ts";
import { type PrefixReader, prefixFinding, prefixReader } from "./prefixed.ts";
import type { Suggestions } from "./suggestions.ts";
import { hasOwnText, namesIn, parseTemplate, readsBelow } from "./template.ts";
import { parseJsonLayer, parseTfvarsLayer, parseTomlLayer, parseYamlLayer } from "./tree-layer.ts";

/** A declared layer with the text of its file. */
export interface LayerText {
  readonly declaration: LayerDeclaration;
  /** The declaration's path with the environment's name in it; relative to the root. */
  readonly path: string;
  /** Of a program, what it printed. Undefined where the file is missing, or the program gave nothing. */
  readonly text: string | undefined;
  /** Why there is no text, where that is more than a missing file. */
  readonly problem?: FindingDraft | undefined;
}

/** Parsed layers by path and how it is read, so that a file which several environments share is parsed once. */
export type LayerCache = Map<string, { readonly text: string; readonly parsed: ParsedLayer }>;

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
  readonly references: ReferenceReader | undefined;
  readonly cache?: LayerCache | undefined;
}

export interface Gathered {
  /** In the manifest's order, then in the order of the layers. Names that nothing sets are left out. */
  readonly candidates: Map<string, Candidate[]>;
  /** Names whose values are secret whatever source they come from. */
  readonly secretNames: ReadonlySet<string>;
  readonly drafts: FindingList;
}

/** What a layer's text says, by its format. Never throws for what stands in it. */
export function parseLayer(
  { format, dialect }: LayerDeclaration,
  text: string,
  file: string,
  declared: ReadonlyMap<string, SettingDeclaration>,
): ParsedLayer {
  const isObject = (name: string): boolean => declared.get(name)?.type === "object";
  switch (format) {
    case "dotenv":
      return parseDotenv(text, file, dialect);
    case "yaml":
      return parseYamlLayer(text, file, isObject);
    case "json":
      return parseJsonLayer(text, file, isObject);
    case "toml":
      return parseTomlLayer(text, file, isObject);
    case "tfvars":
      return parseTfvarsLayer(text, file, isObject);
  }
}

function finality(final: LayerDeclaration["final"]): (name: string) => boolean {
  if (typeof final === "boolean") return () => final;
  const names = new Set(final);
  return (name) => names.has(name);
}

function missingLayer({ program, place }: LayerDeclaration, path: string): FindingDraft {
  const isCommand = program?.kind === "command";
  return {
    code: "SETTING_LAYER_MISSING",
    place,
    why: isCommand ? `the layer ${path} was not run` : `the layer ${path} does not exist`,
    fix: isCommand
      ? "ringfence release create <the next version>"
      : `create ${path}, or make the layer optional`,
  };
}

/** What a program printed has no place in a file that anybody could open. */
function withoutLines({ entries, problems }: ParsedLayer): ParsedLayer {
  const whole = (place: Place): Place => ({ file: place.file, line: 0, column: 0 });
  return {
    entries: entries.map((entry) => ({ ...entry, place: whole(entry.place) })),
    problems: problems.map((problem) => ({ ...problem, place: whole(problem.place) })),
  };
}

function failedReference(
  setting: string,
  text: string,
  place: Place,
  { code, why, fix }: Extract<ReferenceReading, { kind: "failed" }>,
): FindingDraft {
  return { code, setting, place, why: `${setting} is kept at ${text}: ${why}`, fix };
}

class Gatherer {
  readonly drafts = new FindingList();
  readonly candidates = new Map<string, Candidate[]>();
  readonly secretNames: ReadonlySet<string>;
  readonly #input: GatherInput;
  readonly #prefixes: PrefixReader;
  #suggestions: Suggestions | undefined;

  constructor(input: GatherInput) {
    this.#input = input;
    this.#prefixes = prefixReader(input.project, input.environment, (name) => input.declared.has(name));
    const declaredSecrets = [...input.declared.values()]
      .filter(({ secret }) => secret)
      .map(({ name }) => name);
    this.secretNames = new Set([...declaredSecrets, ...input.secrets.map(({ name }) => this.#nameOf(name))]);
  }

  run(): Gathered {
    const { declared, layers, secrets } = this.#input;
    for (const declaration of declared.values()) this.#default(declaration);
    for (const layer of layers) this.#layer(layer);
    for (const secret of this.#own(secrets, undefined)) this.#secret(secret);
    return { candidates: this.candidates, secretNames: this.secretNames, drafts: this.drafts };
  }

  /** What a secret is called here, also one that is refused. */
  #nameOf(name: string): string {
    const read = this.#prefixes.read(name, undefined);
    return read.fate === "counts" ? read.name : name;
  }

  /**
   * The entries that count here, under the names that they have here. What has this environment's prefix stands
   * behind the rest: in one source it says more than the general name.
   */
  #own<Entry extends { readonly name: string; readonly place: Place }>(
    entries: readonly Entry[],
    layer: string | undefined,
  ): Entry[] {
    const general: Entry[] = [];
    const particular: Entry[] = [];
    for (const entry of entries) {
      const read = this.#prefixes.read(entry.name, layer);
      if (read.fate === "refused") {
        const { environment } = this.#input;
        this.drafts.add(prefixFinding(entry.name, entry.place, environment, read.owner));
      }
      if (read.fate !== "counts") continue;
      if (read.name === entry.name) general.push(entry);
      else particular.push({ ...entry, name: read.name });
    }
    return [...general, ...particular];
  }

  #push(name: string, candidate: Candidate): void {
    const list = this.candidates.get(name);
    if (list) list.push(candidate);
    else this.candidates.set(name, [candidate]);
  }

  #default(declaration: SettingDeclaration): void {
    const { name, default: value, policy, place } = declaration;
    const { environment } = this.#input;
    if (value === undefined && policy === undefined) return;
    const secret = this.secretNames.has(name);
    const common = { place, interpolated: true, secret, sealed: false, final: false, removes: false };
    if (value !== undefined) {
      this.#push(name, { ...common, origin: "default", source: "default", value, text: plainText(value) });
    }
    if (policy === undefined) return;
    const given = policyValue(policy, declaration, environment.policies);
    const source = `policy ${policy}`;
    this.#push(name, { ...common, origin: "policy", source, value: given, text: plainText(given) });
  }

  #layer({ declaration, path, text, problem }: LayerText): void {
    if (text === undefined) {
      if (problem) this.drafts.add(problem);
      else if (!declaration.optional) this.drafts.add(missingLayer(declaration, path));
      return;
    }
    const { entries, problems } = this.#parsed(declaration, text, path);
    this.drafts.addAll(problems);
    const isFinal = finality(declaration.final);
    const severity = this.#input.environment.policies.strictSettings ? "error" : "warning";
    for (const entry of this.#own(entries, path)) {
      const { name, value, place, syntax } = entry;
      this.#checkKnown(name, place, severity);
      const secret = this.secretNames.has(name);
      const kept = secret ? this.#keptElsewhere(name, value, place) : undefined;
      if (kept) {
        this.#push(name, { ...kept, origin: "layer", source: path, final: isFinal(name), syntax });
        continue;
      }
      const readable = secret && this.#inPlain(entry);
      const interpolated = entry.interpolated && !readable;
      this.#push(name, {
        origin: "layer",
        source: path,
        place,
        value,
        // What is literal must be free of the mark that only interpolation knows.
        text: !interpolated && typeof value === "string" ? value : entry.text,
        interpolated,
        secret,
        sealed: false,
        final: isFinal(name),
        removes: value === UNSET,
        syntax,
      });
    }
  }

  /** The part of a candidate that its text decides where that is a reference to another store. */
  #keptElsewhere(name: string, text: SettingValue, place: Place) {
    const { references, declared } = this.#input;
    if (typeof text !== "string" || declared.get(name)?.reference === false) return undefined;
    const reading = references?.(text);
    if (!reading) return undefined;
    const isKnown = reading.kind === "value";
    const problem = reading.kind === "failed" ? failedReference(name, text, place, reading) : undefined;
    const common = { interpolated: false, secret: true, sealed: false, removes: false };
    const value = isKnown ? reading.text : null;
    return { ...common, place, value, text: value ?? "", reference: { text, isKnown, problem } };
  }

  #parsed(declaration: LayerDeclaration, text: string, path: string): ParsedLayer {
    const { cache, declared } = this.#input;
    const { format, dialect, program } = declaration;
    const key = JSON.stringify([path, format, dialect, program !== undefined]);
    const known = cache?.get(key);
    if (known?.text === text) return known.parsed;
    const read = parseLayer(declaration, text, path, declared);
    const parsed = program ? withoutLines(read) : read;
    cache?.set(key, { text, parsed });
    return parsed;
  }

  /**
   * Whether a plain layer gives a secret's whole value, which then is literal: what looks like a reference may be part
   * of a password. Reports a value that stands here, also as the default of what stands below. A text that only puts
   * other secrets together holds none.
   */
  #inPlain({ name, value, text, place, interpolated, syntax }: LayerEntry): boolean {
    const { environment } = this.#input;
    if (value === UNSET || text === "" || isUnfilled(plainText(value))) return false;
    const template = interpolated ? parseTemplate(text, syntax) : undefined;
    const parts = template?.ok ? template.parts : [];
    const below = readsBelow(parts, name, syntax);
    if ([...namesIn(parts)].some((other) => this.secretNames.has(other) && !(below && other === name)))
      return false;
    if (below && !hasOwnText(parts)) return false;
    const kind = environment.like ?? environment.kind;
    this.drafts.add({
      code: "SETTING_SECRET_IN_PLAIN",
      severity: kind === "local" || kind === "development" ? "warning" : "error",
      setting: name,
      place,
      why: `${name} is a secret, but stands here for all to read`,
      fix: `ringfence secret set ${name} -e ${environment.name}   # a new value; then delete the line here`,
    });
    return !below;
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
    const source = place.file;
    const kept = value === undefined ? undefined : this.#keptElsewhere(name, value, place);
    if (kept) {
      this.#push(name, { ...kept, origin: "secrets", source, final: false });
      return;
    }
    const text = value ?? "";
    const sealed = value === undefined;
    const common = { interpolated: false, secret: true, final: false, removes: false };
    this.#push(name, { ...common, origin: "secrets", source, place, value: value ?? null, text, sealed });
  }
}

/** Everything below the process environment. */
export function gather(input: GatherInput): Gathered {
  return new Gatherer(input).run();
}
