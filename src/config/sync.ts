/**
 * What a synchronisation of one environment's settings to another does with each of them, by its policy. What the
 * last one left behind is the base: who has changed a setting in the target since then is not overwritten unasked. Pure.
 */
import { type Digest, digestOf } from "../base/digest.ts";
import type { Environment, Project } from "../model/project.ts";
import type { Design } from "../model/rule.ts";
import type { ResolvedSetting, SyncPolicy } from "../model/setting.ts";
import { type LayerText, parseLayer } from "./candidates.ts";
import { comparableText } from "./comparable.ts";
import { DesignRules } from "./design.ts";
import { meaningOf } from "./edit/written-value.ts";
import { layerToSet } from "./layer-choice.ts";
import type { LayerEntry } from "./layer-entry.ts";
import type { Resolution } from "./resolve.ts";

/** One environment of a synchronisation. */
export interface SyncSide {
  readonly environment: Environment;
  readonly resolution: Pick<Resolution, "settings">;
  /** In order. */
  readonly layers: readonly LayerText[];
  /** Names in its secrets file. */
  readonly secrets: ReadonlySet<string>;
}

/** What a synchronisation left: digests of what either side says of one setting. */
export interface SyncedPair {
  /** Null, on either side, where that side did not set it. */
  readonly from: Digest | null;
  readonly to: Digest | null;
  /** Somebody decided to keep what the target says. */
  readonly ours: boolean;
}

export type SyncChoice = "from" | "to";

/**
 * `write`: it flows. `same`: nothing differs. `kept`: it would flow, but can't or shall not. `conflict`: both sides
 * changed. `pinned`, `sensitive`: it never flows.
 */
export type SyncFate = "write" | "same" | "kept" | "conflict" | "pinned" | "sensitive";

export interface SyncRow {
  readonly name: string;
  readonly fate: SyncFate;
  /** For `kept`, `conflict`, and for what the target lacks and does not get. */
  readonly why: string | null;
  /** Path of the target's layer, for `write`. */
  readonly path: string | null;
  /** The base for the next time; null for what never flows. */
  readonly base: SyncedPair | null;
}

interface SyncInput {
  readonly project: Project;
  readonly from: SyncSide;
  readonly to: SyncSide;
  readonly base: Readonly<Record<string, SyncedPair>>;
  /** Differences that are meant, the variable that names the environment among them. */
  readonly byDesign: readonly Design[];
  /** True for a text, as a layer has it under a name, that looks like a credential. */
  readonly looksSecret: (name: string, text: string) => boolean;
  /** How a person decided about this setting. */
  readonly decide: (name: string) => SyncChoice | undefined;
  /** How a person decided all other conflicts. */
  readonly take: SyncChoice | undefined;
}

/** What the winning layer says of a setting; undefined where its value comes from no layer. */
export function winningEntry(
  project: Project,
  layers: readonly LayerText[],
  setting: ResolvedSetting | undefined,
): LayerEntry | undefined {
  const winner = setting?.history.find(({ wins }) => wins);
  const layer = winner && layers.find(({ path }) => path === winner.source);
  if (layer?.text === undefined) return undefined;
  const declared = new Map(project.settings.map((one) => [one.name, one]));
  const { entries } = parseLayer(layer.declaration, layer.text, layer.path, declared);
  return entries.find(({ name }) => name === setting?.name);
}

function digestOfEntry(entry: LayerEntry): Digest {
  return digestOf(meaningOf(entry));
}

/** What frameworks call the variable that says in which environment they run. */
const NAMES_ENVIRONMENT = /^(?:NODE|APP|RAILS|RACK|FLASK|DJANGO)_ENV$/;

class Planner {
  readonly #input: SyncInput;
  readonly #design: DesignRules;

  constructor(input: SyncInput) {
    this.#input = input;
    this.#design = new DesignRules(input.byDesign);
  }

  run(): SyncRow[] {
    return [...this.#input.from.resolution.settings.values()].map((setting) => this.#row(setting));
  }

  #policyOf(setting: ResolvedSetting): SyncPolicy {
    const { name, declaration } = setting;
    const { from, to } = this.#input;
    if (declaration?.secret || from.secrets.has(name) || to.secrets.has(name)) return "sensitive";
    if (declaration?.sync) return declaration.sync;
    if (this.#design.reasonFor(name) !== null || NAMES_ENVIRONMENT.test(name)) return "pinned";
    return this.#looksSecret(setting) ? "sensitive" : "flow";
  }

  /** On either side: a credential of the target is not written over either. */
  #looksSecret({ name }: ResolvedSetting): boolean {
    const { project, from, to, looksSecret } = this.#input;
    return [from, to].some(({ layers, resolution }) => {
      const entry = winningEntry(project, layers, resolution.settings.get(name));
      return entry !== undefined && looksSecret(name, entry.text);
    });
  }

  #row(setting: ResolvedSetting): SyncRow {
    const { name } = setting;
    const policy = this.#policyOf(setting);
    const { project, from, to } = this.#input;
    if (policy !== "flow") return this.#staying(setting, policy);
    const entry = winningEntry(project, from.layers, setting);
    const same = { name, fate: "same", why: null, path: null, base: null } as const;
    // What no layer says comes from the manifest, which both have.
    if (!entry) return same;
    const mine = to.resolution.settings.get(name);
    const own = winningEntry(project, to.layers, mine);
    const base = { from: digestOfEntry(entry), to: own ? digestOfEntry(own) : null, ours: false };
    if (base.from === base.to || (mine && this.#isEqual(setting, mine))) return { ...same, base };
    return this.#differing(setting, base);
  }

  #staying({ name, value, sealed }: ResolvedSetting, fate: "pinned" | "sensitive"): SyncRow {
    const there = this.#input.to.resolution.settings.get(name);
    const lacks = !there || (there.text === "" && !there.sealed);
    const has = sealed || (value !== null && value !== "");
    const { name: environment } = this.#input.to.environment;
    const why = lacks && has ? `${name} has no value in ${environment}` : null;
    return { name, fate, why, path: null, base: null };
  }

  #isEqual(a: ResolvedSetting, b: ResolvedSetting): boolean {
    if (a.references.length > 0 || b.references.length > 0) return false;
    const text = comparableText(a);
    return text !== undefined && text === comparableText(b);
  }

  #differing(setting: ResolvedSetting, base: SyncedPair): SyncRow {
    const { name } = setting;
    const { to } = this.#input;
    const kept = (why: string, ours: boolean): SyncRow => {
      return { name, fate: "kept", why, path: null, base: { ...base, ours } };
    };
    const ours = () => kept(`${to.environment.name} keeps its own value, as decided`, true);
    const { base: known } = this.#input;
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    const isChangedHere = before !== undefined && before.to !== base.to;
    const isChangedThere = before !== undefined && before.from !== base.from;
    const choice = this.#input.decide(name);
    const isDecided = choice === undefined && before?.ours === true && !isChangedHere && !isChangedThere;
    if (choice === "to" || isDecided) return ours();
    if (choice === undefined && (isChangedHere || before?.ours)) {
      if (this.#input.take === "to") return ours();
      if (this.#input.take === undefined) return this.#conflict(name, before!, isChangedThere);
    }
    return this.#flowing(setting, base, kept);
  }

  #conflict(name: string, before: SyncedPair, isChangedThere: boolean): SyncRow {
    const { from, to } = this.#input;
    const there = isChangedThere ? `, and in ${from.environment.name}` : "";
    const why = `${name} was changed in ${to.environment.name}${there} since they were synchronised`;
    return { name, fate: "conflict", why, path: null, base: before };
  }

  #flowing(
    { name, references }: ResolvedSetting,
    base: SyncedPair,
    kept: (why: string, ours: boolean) => SyncRow,
  ): SyncRow {
    const { project, from, to } = this.#input;
    const comesAlong = (other: string) => {
      const setting = from.resolution.settings.get(other);
      return setting !== undefined && this.#policyOf(setting) === "flow";
    };
    const lacking = references.filter((other) => !to.resolution.settings.has(other) && !comesAlong(other));
    if (lacking.length > 0)
      return kept(`it refers to ${lacking.join(", ")}, which ${to.environment.name} does not have`, false);
    const target = layerToSet(project, to.environment, to.layers, name);
    if (!target) return kept(`no layer of ${to.environment.name} alone can set it`, false);
    return { name, fate: "write", why: null, path: target.path, base };
  }
}

/** One row for each setting that the source has, in its order. */
export function planSync(input: SyncInput): SyncRow[] {
  return new Planner(input).run();
}
