/**
 * Advice on performance and availability: settings that are valid each by itself and don't fit each other, or the
 * environment's policies. Advice never stops anything.
 */
import { parseDuration } from "../base/units.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { Environment } from "../model/project.ts";
import type { ResolvedSetting } from "../model/setting.ts";

type Settings = ReadonlyMap<string, ResolvedSetting>;

interface Amount {
  readonly setting: ResolvedSetting;
  readonly number: number;
}

/** Settings with a plain number whose name fits. */
function amounts(settings: Settings, name: RegExp): Amount[] {
  const found: Amount[] = [];
  for (const setting of settings.values()) {
    if (!setting.secret && name.test(setting.name) && /^\d+$/.test(setting.text)) {
      found.push({ setting, number: Number(setting.text) });
    }
  }
  return found;
}

function advise(setting: ResolvedSetting, code: string, why: string, fix: string): FindingDraft {
  const place = setting.history.find(({ wins }) => wins)!.place;
  return { code, severity: "advice", setting: setting.name, place, why, fix };
}

const sum = (list: readonly Amount[]): number => list.reduce((total, { number }) => total + number, 0);

/** Memory of database instances in GiB, by the size's name; burstable (t) and others differ only in the small ones. */
const MEMORY_GIB: Readonly<Record<string, number>> = {
  "t3.micro": 1,
  "t3.small": 2,
  "t3.medium": 4,
  "t3.large": 8,
  "t3.xlarge": 16,
  "t4g.micro": 1,
  "t4g.small": 2,
  "t4g.medium": 4,
  "t4g.large": 8,
  "m6g.large": 8,
  "m6g.xlarge": 16,
  "m6g.2xlarge": 32,
  "r6g.large": 16,
  "r6g.xlarge": 32,
  "r6g.2xlarge": 64,
  "r6g.4xlarge": 128,
};

/**
 * Connections that the database takes: said by a setting, or those of Amazon RDS for PostgreSQL by its instance class
 * (its default parameter group: memory in bytes / 9531392, at most 5000).
 */
function connectionLimit(settings: Settings): { readonly limit: number; readonly from: string } | undefined {
  const said = amounts(settings, /^(DB|DATABASE|PG|POSTGRES)_MAX_CONNECTIONS$/)[0];
  if (said) return { limit: said.number, from: said.setting.name };
  for (const { name, text } of settings.values()) {
    if (!/^(DB|DATABASE|RDS)_INSTANCE_CLASS$/.test(name)) continue;
    const memory = MEMORY_GIB[text.replace(/^db\./, "")];
    if (memory)
      return { limit: Math.min(5_000, Math.floor((memory * 2 ** 30) / 9_531_392)), from: `${name} ${text}` };
  }
  return undefined;
}

function* pools(settings: Settings): Iterable<FindingDraft> {
  const [pool] = amounts(settings, /^(DB|DATABASE|PG|POSTGRES)_POOL_(SIZE|MAX)$/);
  const database = pool && connectionLimit(settings);
  if (!database) return;
  const overflow = amounts(settings, /^(DB|DATABASE|PG|POSTGRES)_POOL_MAX_OVERFLOW$/);
  const most = amounts(settings, /_MAX_(CAPACITY|REPLICAS|INSTANCES)$/);
  const replicas = most.length > 0 ? most : amounts(settings, /(^|_)(DESIRED_COUNT|REPLICAS|INSTANCES)$/);
  const each = pool.number + sum(overflow);
  const all = each * Math.max(1, sum(replicas));
  if (all <= database.limit) return;
  const share = Math.max(1, Math.floor(database.limit / Math.max(1, sum(replicas))));
  const why = `${each} connections for each of ${Math.max(1, sum(replicas))} processes are ${all}; the database takes ${database.limit} (${database.from})`;
  const fix = `keep pool and overflow together at most ${share}, put a connection pooler in between, or take a larger database`;
  yield advise(pool.setting, "ADVICE_POOL", why, fix);
}

function* waiting(settings: Settings): Iterable<FindingDraft> {
  for (const setting of settings.values()) {
    const { name, text, secret } = setting;
    if (secret || !/(^|_)TIMEOUT(_MS|_S|_SECONDS)?$/.test(name)) continue;
    // `0` has no unit, and so is no duration.
    if (!/^0+$/.test(text) && parseDuration(text) !== 0) continue;
    yield advise(
      setting,
      "ADVICE_TIMEOUT",
      `${setting.name} is 0: a call that hangs then hangs for ever`,
      "give it a time",
    );
  }
}

function* alone({ policies, name }: Environment, settings: Settings): Iterable<FindingDraft> {
  if ((policies.uptimePercent ?? 0) < 99) return;
  for (const { setting, number } of amounts(
    settings,
    /(^|_)(DESIRED_COUNT|MIN_CAPACITY|MIN_REPLICAS|REPLICAS)$/,
  )) {
    if (number >= 2) continue;
    const why = `${setting.name} is ${number}, and ${name} aims at ${policies.uptimePercent} %: one process is no process while it restarts`;
    yield advise(setting, "ADVICE_REPLICAS", why, "run at least 2");
  }
}

function* caches({ policies }: Environment, settings: Settings): Iterable<FindingDraft> {
  if (!policies.production) return;
  for (const setting of settings.values()) {
    if (
      !/(^|_)(CACHE|CDN|COMPRESSION)_ENABLED$/.test(setting.name) ||
      !/^(false|no|off|0)$/i.test(setting.text)
    )
      continue;
    yield advise(
      setting,
      "ADVICE_CACHE",
      `${setting.name} is off where all customers are`,
      "switch it on, or say why under byDesign",
    );
  }
}

/** What could be better. Linear in the settings. */
export function adviceOn(environment: Environment, settings: Settings): FindingDraft[] {
  return [
    ...pools(settings),
    ...waiting(settings),
    ...alone(environment, settings),
    ...caches(environment, settings),
  ];
}
