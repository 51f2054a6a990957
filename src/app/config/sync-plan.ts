/** What `config sync` would do: every setting by its policy, and what nobody has decided yet. */
import type { Digest } from "../../base/digest.ts";
import { digestOf } from "../../base/digest.ts";
import {
  editLayer,
  entryIn,
  type LayerEdit,
  meaningOf,
  planSync,
  type SyncedPair,
  type SyncFate,
  type SyncRow,
  type SyncSide,
  winningEntry,
} from "../../config/index.ts";
import { secretKind } from "../../inspection/index.ts";
import type { Gate } from "../../model/gate.ts";
import type { OperationRecord } from "../../model/operation.ts";
import { type Environment, environmentOf } from "../../model/project.ts";
import { detect } from "../../snapshot/detection.ts";
import type { App } from "../app.ts";
import { designRules } from "../comparison.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { fileEffects, type NewTexts, type PlannedFiles, planFiles } from "../layer-change.ts";
import { readLayers, readSecrets } from "../resolution.ts";
import { currentRevision } from "../revision.ts";
import { foundReason } from "../revision-steps.ts";
import { ruleOf } from "../rule.ts";
import { resolutionWith, settingsAfter } from "../settings-after.ts";
import { decider, type SyncDecision } from "./sync-decision.ts";

export interface SyncFacts extends PlannedFiles {
  readonly from: string;
  /** The source's configuration, which must still be this one when it is written. */
  readonly source: Digest;
  readonly rows: readonly { readonly name: string; readonly fate: SyncFate; readonly path: string | null }[];
  /** For the next time. */
  readonly base: Readonly<Record<string, SyncedPair>>;
  readonly notes: readonly string[];
  readonly reason: string;
}

function sideOf(app: App, environment: Environment): SyncSide {
  const { entries } = readSecrets(app, environment);
  return {
    environment,
    resolution: resolutionWith(app, environment, new Map(), entries),
    layers: readLayers(app, environment),
    secrets: new Set(entries.map(({ name }) => name)),
  };
}

/** @throws ENV_UNKNOWN, APP_BAD_INPUT for an environment with itself */
function sourceOf({ app, environment }: Context, word: string): Environment {
  const { environment: name } = detect(ruleOf(app.project), { flag: word, variables: {}, host: app.host });
  if (name !== environment.name) return environmentOf(app.project, name)!;
  throw appErrors.APP_BAD_INPUT({
    what: `${name} can't be synchronised with itself`,
    where: "ringfence config sync",
    fix: `ringfence config diff ${name} ${app.project.environments.find((one) => one.name !== name)?.name ?? name}`,
  });
}

/** The newest one into an environment from another. */
async function lastSync({ store }: App, from: string, to: string): Promise<OperationRecord | undefined> {
  const done = await store.read(({ operations }) => operations.list({ environment: to, state: "succeeded" }));
  return done.find(
    ({ kind, plan }) => kind === "config sync" && (plan.facts as unknown as SyncFacts).from === from,
  );
}

/** What the last one between the two left, whichever way it went; nothing where there was none. */
async function lastBase({ app, environment }: Context, from: string): Promise<SyncFacts["base"]> {
  const forth = await lastSync(app, from, environment.name);
  const back = await lastSync(app, environment.name, from);
  const baseOf = ({ plan }: OperationRecord) => (plan.facts as unknown as SyncFacts).base;
  if (!back || (forth && forth.updatedAt >= back.updatedAt)) return forth ? baseOf(forth) : {};
  return Object.fromEntries(
    Object.entries(baseOf(back)).map(([name, pair]) => [name, { ...pair, from: pair.to, to: pair.from }]),
  );
}

/** The target's files with what flows from the source as it is now. */
export function syncTexts(
  { app, environment }: Context,
  { from, rows }: Pick<SyncFacts, "from" | "rows">,
): NewTexts {
  const source = environmentOf(app.project, from);
  if (!source) return new Map();
  const { resolution, layers } = sideOf(app, source);
  const edits = new Map<string, LayerEdit[]>();
  for (const { name, path, fate } of rows) {
    const written = winningEntry(app.project, layers, resolution.settings.get(name));
    if (fate !== "write" || path === null || !written) continue;
    edits.set(path, [...(edits.get(path) ?? []), { kind: "set", name, written }]);
  }
  const targets = readLayers(app, environment).filter(({ path }) => edits.has(path));
  return new Map(
    targets.map(({ declaration, path, text }) => [
      path,
      editLayer(declaration, path, text, edits.get(path)!, app.project.settings),
    ]),
  );
}

/** The base for the next time: what the target says of each setting then. */
function baseAfter(app: App, to: SyncSide, rows: readonly SyncRow[], texts: NewTexts): SyncFacts["base"] {
  const after = to.layers.map((layer) => ({ ...layer, text: texts.get(layer.path) ?? layer.text }));
  return Object.fromEntries(
    rows.flatMap(({ name, base, path }): [string, SyncedPair][] => {
      if (!base) return [];
      const layer = path === null ? undefined : after.find((one) => one.path === path);
      const entry = layer && entryIn(layer, name, app.project.settings);
      return [[name, entry ? { ...base, to: digestOf(meaningOf(entry)) } : base]];
    }),
  );
}

function named(rows: readonly SyncRow[], fate: SyncFate): string {
  return rows.flatMap((row) => (row.fate === fate ? row.name : [])).join(", ");
}

/** What stays, and what a person has to set. */
function stayingEffects(rows: readonly SyncRow[]): string[] {
  return (["pinned", "sensitive"] as const).flatMap((fate) => {
    const names = named(rows, fate);
    return names ? [`leave as they are, ${fate}: ${names}`] : [];
  });
}

function notesOn({ app, environment }: Context, rows: readonly SyncRow[]): string[] {
  const isSecret = (name: string) => app.project.settings.find((one) => one.name === name)?.secret ?? true;
  return rows.flatMap(({ name, fate, why }) => {
    if (why === null || fate === "conflict") return [];
    if (fate === "kept") return [`${name} stays: ${why}`];
    const command = fate === "sensitive" && isSecret(name) ? "secret set" : "config set";
    return [`to be set: ringfence ${command} ${name} -e ${environment.name}`];
  });
}

/** @throws ENV_UNKNOWN, APP_BAD_INPUT, CONFIG_UNEDITABLE, ACCESS_DENIED; what reading secrets throws */
export async function planSynchronisation(
  context: Context,
  word: string,
  decision: SyncDecision,
): Promise<PlanDraft> {
  const { app, environment } = context;
  const source = sourceOf(context, word);
  const [from, to] = [sideOf(app, source), sideOf(app, environment)];
  const rows = planSync({
    project: app.project,
    from,
    to,
    base: await lastBase(context, source.name),
    byDesign: designRules(app.project),
    looksSecret: (name, text) => secretKind(name, text) !== undefined,
    decide: decider(decision, from, to),
    take: decision.take,
  });
  const all = syncTexts(context, { from: source.name, rows });
  const before = (path: string) => to.layers.find((layer) => layer.path === path)?.text;
  const texts = new Map([...all].filter(([path, text]) => text !== before(path)));
  const planned = planFiles(context, texts, environment.name);
  const notes = notesOn(context, rows);
  const latest = await app.store.read(({ revisions }) => revisions.current(environment.name));
  const isRecorded = texts.size === 0 || latest?.digest === currentRevision(app, environment).digest;
  const facts: SyncFacts = {
    ...planned,
    from: source.name,
    source: currentRevision(app, source).digest,
    rows: rows.map(({ name, fate, path }) => ({ name, fate, path })),
    base: baseAfter(app, to, rows, texts),
    notes,
    reason: context.reason ?? `config sync ${source.name} ${environment.name}`,
  };
  return {
    summary: `synchronise ${environment.name} with ${source.name}`,
    environment: environment.name,
    effects: [
      ...(isRecorded ? [] : [`keep what the files hold now as a revision: ${foundReason(latest)}`]),
      ...(texts.size > 0 ? fileEffects(app, texts, before) : ["nothing: what flows is there already"]),
      ...rows.flatMap(({ fate, why }) => (fate === "conflict" ? [`conflict: ${why}`] : [])),
      ...stayingEffects(rows),
      ...notes,
    ],
    facts: { ...facts } as never,
  };
}

function conflictGate({ environment }: Context, { from, rows }: SyncFacts): Gate {
  const names = rows.flatMap(({ name, fate }) => (fate === "conflict" ? name : []));
  if (names.length === 0) return { name: "conflicts", state: "open", why: "none", opens: null };
  const again = `ringfence config sync ${from} ${environment.name}`;
  return {
    name: "conflicts",
    state: "shut",
    why: `${names.join(", ")} ${names.length === 1 ? "was" : "were"} changed in ${environment.name} since they were synchronised`,
    opens: `${again} --theirs ${names.join(" ")}   # what ${from} says\n${again} --ours ${names.join(" ")}   # what ${environment.name} says`,
  };
}

/** Nothing is undecided, and the target has no error afterwards. */
export function syncGates(context: Context, facts: SyncFacts): Gate[] {
  const settings = settingsAfter(context.app, context.environment, syncTexts(context, facts), false);
  return [conflictGate(context, facts), settings];
}
