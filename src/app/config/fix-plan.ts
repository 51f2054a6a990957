/**
 * What `config fix` would do: the safe fixes that make the check of the selected environment better and that of no
 * other environment worse. A fix that does not is left out and told.
 */
import { authorise } from "../../access/index.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { isRingfenceError } from "../../base/error.ts";
import { type Fix, fixedText, fixesFor, fixWords, type LayerText } from "../../config/index.ts";
import type { Finding } from "../../model/finding.ts";
import type { Gate } from "../../model/gate.ts";
import type { Plan } from "../../model/operation.ts";
import { type Environment, environmentOf } from "../../model/project.ts";
import type { App } from "../app.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { readLayers } from "../resolution.ts";
import { currentRevision, environmentsReading, type PlannedRevision, revisionWith } from "../revision.ts";
import { changeOf, type FileChange } from "../revision-file.ts";
import { resolutionWith } from "../settings-after.ts";

export interface FixFacts {
  readonly reason: string;
  readonly shared: boolean;
  readonly fixes: readonly Fix[];
  /** Fixes that would make a check worse or change nothing, in words. */
  readonly left: readonly string[];
  /** Findings of the selected environment. */
  readonly findings: { readonly before: number; readonly after: number };
  readonly files: readonly FileChange[];
  /** The selected environment first. */
  readonly revisions: readonly PlannedRevision[];
}

/** Lines move where one is deleted: a finding is told by what it is about. */
function identityOf({ code, severity, setting, where }: Finding): string {
  return JSON.stringify([code, severity, setting, where.replace(/:\d+:\d+$/, "")]);
}

/** True when nothing is found afterwards that was not before. */
function isNoWorse(before: readonly Finding[], after: readonly Finding[]): boolean {
  const left = new Map<string, number>();
  for (const identity of before.map(identityOf)) left.set(identity, (left.get(identity) ?? 0) + 1);
  return after.map(identityOf).every((identity) => {
    const count = left.get(identity) ?? 0;
    left.set(identity, count - 1);
    return count > 0;
  });
}

/** The texts of the files after some fixes; undefined where one can't be expressed in its file. */
function textsWith(
  app: App,
  layers: readonly LayerText[],
  fixes: readonly Fix[],
): Map<string, string> | undefined {
  const paths = new Set(fixes.map(({ path }) => path));
  try {
    return new Map(
      layers
        .filter(({ path }) => paths.has(path))
        .map((layer) => [layer.path, fixedText(layer, fixes, app.project.settings)]),
    );
  } catch (error) {
    if (!isRingfenceError(error, "CONFIG_UNEDITABLE")) throw error;
    return undefined;
  }
}

/** Judges fixes by what the check would say after them. */
class Judge {
  readonly layers: readonly LayerText[];
  readonly #app: App;
  readonly #environment: Environment;
  readonly #before = new Map<string, readonly Finding[]>();

  constructor(app: App, environment: Environment) {
    this.#app = app;
    this.#environment = environment;
    this.layers = readLayers(app, environment);
  }

  #findings(environment: Environment): readonly Finding[] {
    const known = this.#before.get(environment.name);
    const found = known ?? resolutionWith(this.#app, environment, new Map()).findings;
    this.#before.set(environment.name, found);
    return found;
  }

  countBefore(): number {
    return this.#findings(this.#environment).length;
  }

  /** How many findings the environment has afterwards; undefined where any check would not be better, or be worse. */
  countAfter(fixes: readonly Fix[]): number | undefined {
    const texts = textsWith(this.#app, this.layers, fixes);
    if (!texts) return undefined;
    let count: number | undefined;
    for (const environment of environmentsReading(this.#app.project, [...texts.keys()])) {
      const before = this.#findings(environment);
      const { findings } = resolutionWith(this.#app, environment, texts);
      const isOwn = environment.name === this.#environment.name;
      if (!isNoWorse(before, findings) || (isOwn && findings.length >= before.length)) return undefined;
      if (isOwn) count = findings.length;
    }
    return count;
  }

  /** All of them where together they are good; else one after the other, as long as each makes it better. */
  choose(fixes: readonly Fix[]): { readonly taken: readonly Fix[]; readonly after: number } {
    const whole = fixes.length > 0 ? this.countAfter(fixes) : undefined;
    if (whole !== undefined) return { taken: fixes, after: whole };
    let taken: readonly Fix[] = [];
    let after = this.countBefore();
    for (const fix of fixes) {
      const count = this.countAfter([...taken, fix]);
      if (count === undefined || count >= after) continue;
      taken = [...taken, fix];
      after = count;
    }
    return { taken, after };
  }
}

/** Text that is no UTF-8 would not come back as it was. */
function isExact(app: App, path: string, text: string | undefined): boolean {
  return text !== undefined && changeOf(app, path, null).before === digestOfBytes(text);
}

function revisionsAfter(
  app: App,
  environment: Environment,
  after: ReadonlyMap<string, Digest>,
): PlannedRevision[] {
  const others = environmentsReading(app.project, [...after.keys()]).filter(
    ({ name }) => name !== environment.name,
  );
  return [environment, ...others].map((one) => {
    const before = currentRevision(app, one);
    return { environment: one.name, before: before.digest, after: revisionWith(before, after).digest };
  });
}

/** @throws ACCESS_DENIED for who may not change another environment that has a file too; APP_UNREADABLE */
export async function planFix(
  { app, actor, environment, reason }: Context,
  shared: boolean,
): Promise<PlanDraft> {
  const judge = new Judge(app, environment);
  const layers = readLayers(app, environment);
  const resolution = resolutionWith(app, environment, new Map());
  const textOf = new Map(layers.map(({ path, text }) => [path, text]));
  const possible = fixesFor(resolution, layers).filter(({ path }) => isExact(app, path, textOf.get(path)));
  const { taken, after } = judge.choose(possible);
  const texts = textsWith(app, judge.layers, taken) ?? new Map<string, string>();
  const digests = new Map([...texts].map(([path, text]) => [path, digestOfBytes(text)] as const));
  const revisions = revisionsAfter(app, environment, digests);
  for (const { environment: name } of revisions.slice(1))
    authorise(app.project, actor.person, environmentOf(app.project, name));
  const left = possible.filter((fix) => !taken.includes(fix)).map(fixWords);
  const facts: FixFacts = {
    reason: reason ?? "config fix",
    shared,
    fixes: taken,
    left,
    findings: { before: judge.countBefore(), after },
    files: [...digests].map(([path, digest]) => changeOf(app, path, digest)),
    revisions,
  };
  return {
    summary: `fix ${taken.length} of ${facts.findings.before} findings of ${environment.name}`,
    environment: environment.name,
    effects: effectsOf(facts),
    facts: { ...facts } as never,
  };
}

function effectsOf({ fixes, left, revisions }: FixFacts): string[] {
  const others = revisions.slice(1).map(({ environment }) => environment);
  return [
    ...(fixes.length > 0 ? fixes.map(fixWords) : ["nothing: no finding has a safe fix"]),
    ...left.map((words) => `leave as it is, since the check would not be better: ${words}`),
    ...(fixes.length > 0 && others.length > 0
      ? [`change ${others.join(", ")} as well, which have these files too; each gets a revision of its own`]
      : []),
  ];
}

/** Whoever changes files of other environments has to say so; and the check must still become better. */
export async function fixGates({ app, environment }: Context, plan: Plan): Promise<readonly Gate[]> {
  const { fixes, findings, shared, revisions } = plan.facts as unknown as FixFacts;
  if (fixes.length === 0) return [];
  const after = new Judge(app, environment).countAfter(fixes);
  const again = `ringfence config fix -e ${environment.name}`;
  const check: Gate =
    after === undefined
      ? { name: "check", state: "shut", why: "the check would not be better", opens: `${again} --dry-run` }
      : { name: "check", state: "open", why: `${findings.before} findings become ${after}`, opens: null };
  const others = revisions.slice(1).map((one) => one.environment);
  if (others.length === 0) return [check];
  const why = `it changes ${others.join(", ")} as well`;
  const wanted: Gate = shared
    ? { name: "shared", state: "open", why: `${why}, and that is wanted`, opens: null }
    : { name: "shared", state: "shut", why, opens: `${again} --shared` };
  return [check, wanted];
}
