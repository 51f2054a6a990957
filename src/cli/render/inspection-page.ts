/** The words of the page of `ringfence inspect`: sections with lines, before they become a terminal's or Markdown's. */
import type { InspectionView } from "../../contract/inspection.ts";
import type { GitState, KeyPlace, Sharing } from "../../model/inspection.ts";

export type Tone = "bad" | "warn" | "good" | "plain";

export interface Line {
  readonly text: string;
  /** Where it stands, and what it is; one row each. */
  readonly details: readonly string[];
}

export interface Section {
  readonly heading: string;
  readonly tone: Tone;
  readonly count: number;
  readonly lines: readonly Line[];
  /** Lines that are left out. */
  readonly folded: number;
  /** One more row for the whole section. */
  readonly note?: string;
}

/** Lines of a section, and rows of keys under one of them, before the rest is folded. */
const FIRST = 8;
const MOST_KEYS = 6;

function section(
  view: InspectionView,
  heading: string,
  tone: Tone,
  lines: readonly Line[],
  { note, count = lines.length }: { readonly note?: string | undefined; readonly count?: number } = {},
): Section[] {
  if (lines.length === 0) return [];
  const shown = view.page.all ? lines : lines.slice(0, FIRST);
  return [
    { heading, tone, count, lines: shown, folded: lines.length - shown.length, ...(note ? { note } : {}) },
  ];
}

/** `2 files`, `1 file`. */
function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const unique = (words: readonly string[]) => [...new Set(words)];
const environmentsIn = (places: readonly KeyPlace[]) =>
  unique(places.flatMap(({ environment }) => environment ?? []));
const inPart = (part: string) => (part === "" ? "" : ` (${part})`);

/** "development's DATABASE_URL is production's": the owner is production, else the last environment. */
function sharedText({ places, inherited }: Sharing, production: ReadonlySet<string>): string {
  const keys = unique(places.map(({ key }) => key));
  const names = environmentsIn(places);
  if (inherited)
    return `${listed(names)} ${names.length === 2 ? "both" : "all"} take ${keys[0]} from the base`;
  const owners = names.filter((name) => production.has(name));
  const owner = owners.length > 0 ? owners : names.slice(-1);
  const others = names.filter((name) => !owner.includes(name));
  const keysOf = (all: readonly string[]) =>
    unique(places.filter(({ environment }) => all.includes(environment ?? "")).map(({ key }) => key));
  const theirs = keysOf(others);
  const owned = keysOf(owner).filter((key) => !theirs.includes(key));
  const verb = others.length + theirs.length > 2 ? "are" : "is";
  return `${listed(others.map((name) => `${name}'s`))} ${listed(theirs)} ${verb} ${listed(owner.map((name) => `${name}'s`))}${owned.length > 0 && keysOf(owner).every((key) => owned.includes(key)) ? ` ${listed(owned)}` : ""}`;
}

function sharedSections(view: InspectionView, withProduction: boolean): Section[] {
  const production = new Set(
    view.environments.filter((one) => one.class === "production").map(({ name }) => name),
  );
  const lines = view.shared
    .filter((one) => one.production === withProduction)
    .map((one) => ({
      text: sharedText(one, production),
      details: [
        // That a secret is the same says the line already.
        ...(one.what.startsWith("the same") ? [] : [one.what]),
        unique(one.places.map(({ where }) => where)).join("  "),
      ],
    }));
  return section(
    view,
    withProduction ? "Shared with production" : "Shared by other environments",
    withProduction ? "bad" : "warn",
    lines,
  );
}

const GIT: Readonly<Record<GitState, string>> = {
  tracked: "in git",
  untracked: "not in git, and nothing keeps it out",
  unknown: "",
  ignored: "kept out of git",
};

function secretSections(view: InspectionView): Section[] {
  const open = view.secrets.filter(({ git }) => git !== "ignored");
  const kept = view.secrets.length - open.length;
  const note =
    kept > 0 && !view.page.all
      ? `${open.length > 0 ? "and " : ""}${counted(kept, "secret")} in plain text in files that git ignores`
      : undefined;
  const lines = (view.page.all ? view.secrets : open).map(
    ({ key, environment, what, shape, where, git }) => ({
      text: `${environment ? `${environment}'s ` : ""}${key}: ${what}`,
      details: [[where, shape, GIT[git]].filter((text) => text !== "").join(", ")],
    }),
  );
  if (lines.length === 0 && note) {
    return [{ heading: "Readable secrets", tone: "plain", count: kept, lines: [], folded: 0, note }];
  }
  const tone = open.some(({ git }) => git === "tracked") ? "bad" : "warn";
  return section(view, "Readable secrets", tone, lines, { note });
}

/** Values by what `of` says of them, in the order of their first. */
function grouped<T>(values: readonly T[], of: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(of(value));
    if (group) group.push(value);
    else groups.set(of(value), [value]);
  }
  return [...groups.values()];
}

/** One row a key, with its place; a long list is cut. */
function keyRows(
  view: InspectionView,
  keys: readonly { readonly key: string; readonly where: string }[],
): string[] {
  const shown = view.page.all || keys.length <= MOST_KEYS ? keys : keys.slice(0, MOST_KEYS - 1);
  const width = Math.max(...shown.map(({ key }) => key.length));
  const rows = shown.map(({ key, where }) => `${key.padEnd(width)}  ${where}`);
  return keys.length > shown.length ? [...rows, `… ${keys.length - shown.length} more: --all`] : rows;
}

function missingSections(view: InspectionView): Section[] {
  const groups = grouped(view.missing, ({ part, missing, present }) =>
    JSON.stringify([part, missing, environmentsIn(present)]),
  );
  const lines = groups.map((group): Line => {
    const { part, missing, present } = group[0]!;
    const having = environmentsIn(present);
    const [lack, have] = [missing.length === 1 ? "lacks" : "lack", having.length === 1 ? "has" : "have"];
    const text = `${listed(missing)} ${lack} ${counted(group.length, "key")} that ${listed(having)} ${have}${inPart(part)}`;
    return {
      text,
      details: keyRows(
        view,
        group.map((one) => ({ key: one.key, where: one.present[0]!.where })),
      ),
    };
  });
  return section(view, "Missing", "warn", lines, { count: view.missing.length });
}

function unfilledSections(view: InspectionView): Section[] {
  const groups = grouped(view.unfilled, ({ environment, kind }) => `${environment} ${kind}`);
  const lines = groups.map((group): Line => {
    const { environment, kind } = group[0]!;
    const what =
      kind === "empty" ? counted(group.length, "empty value") : counted(group.length, "placeholder");
    return { text: `${environment} has ${what}`, details: keyRows(view, group) };
  });
  return section(view, "To be filled in", "warn", lines, { count: view.unfilled.length });
}

function differenceSections(view: InspectionView): Section[] {
  const sorted = [...view.differences].sort((a, b) => Number(b.types) - Number(a.types));
  const lines = sorted.map(({ key, part, types, values }) => ({
    text: `${key}${inPart(part)}${types ? ", not even of one type" : ""}`,
    details: [values.map(({ environment, shown }) => `${environment}: ${shown}`).join(", ")],
  }));
  return section(view, "Different values", "plain", lines);
}

function exampleSections(view: InspectionView): Section[] {
  const lines = (["undocumented", "unused"] as const).flatMap((kind): Line[] => {
    const gaps = view.examples.filter(({ gap }) => gap === kind);
    return unique(gaps.map(({ example }) => example)).map((example) => {
      const keys = gaps.filter((gap) => gap.example === example).map(({ key }) => key);
      const shown = view.page.all ? keys : keys.slice(0, FIRST);
      const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : "";
      const text = kind === "unused" ? `only in ${example}` : `set, but not in ${example}`;
      return { text: `${counted(keys.length, "key")} ${text}`, details: [`${shown.join(", ")}${more}`] };
    });
  });
  return section(view, "Example files", "plain", lines);
}

/** Every section that has something to say, the most important first. */
export function sectionsOf(view: InspectionView): Section[] {
  const odd = view.outOfPlace.map(({ environment, key, what, where }) => ({
    text: `${environment}'s ${key}: ${what}`,
    details: [where],
  }));
  const unread = view.problems.map(({ where, why }) => ({ text: `${where}: ${why}`, details: [] }));
  return [
    ...sharedSections(view, true),
    ...section(view, "Out of place", "bad", odd),
    ...secretSections(view),
    ...missingSections(view),
    ...unfilledSections(view),
    ...sharedSections(view, false),
    ...differenceSections(view),
    ...exampleSections(view),
    ...section(view, "Not read", "warn", unread),
  ];
}

/** What is well, said only where it could have been otherwise. */
export function praiseOf(view: InspectionView): string[] {
  const production = view.environments.some((one) => one.class === "production");
  const several = production && view.environments.length > 1;
  return [
    ...(several && view.counts.sharedWithProduction === 0
      ? ["Nothing that was found is shared with production."]
      : []),
    ...(view.counts.keys > 0 && view.secrets.length === 0 ? ["No secret was found in plain text."] : []),
  ];
}

export function headline({ counts }: InspectionView): string {
  const what = [
    counted(counts.environments, "environment"),
    counted(counts.files, "file"),
    counted(counts.keys, "key"),
  ].join(", ");
  const bad = [
    ...(counts.sharedWithProduction > 0 ? [`${counts.sharedWithProduction} shared with production`] : []),
    ...(counts.tracked > 0 ? [`${counted(counts.tracked, "secret")} in git`] : []),
  ];
  return bad.length > 0 ? `${what}: ${listed(bad)}` : what;
}

/** Parity with what lowers it; undefined where nothing can be compared. */
export function parityText({ parity }: InspectionView): string | undefined {
  if (!parity) return undefined;
  const reasons = [
    ...(parity.missing > 0 ? [`${parity.missing} missing`] : []),
    ...(parity.unfilled > 0 ? [`${parity.unfilled} to be filled in`] : []),
    ...(parity.types > 0 ? [`${parity.types} of another type`] : []),
  ];
  const why = reasons.length > 0 ? `: ${listed(reasons)}` : "";
  return `${parity.percent} % between ${listed(parity.environments)}, ${counted(parity.compared, "value")} compared${why}`;
}

/** Where it looked and what it did not do. */
export function footer({ looked, manifest, root }: InspectionView): string[] {
  return [
    ...(looked.limit === null
      ? []
      : [`The search stopped at ${looked.limit} files and folders; inspect a folder below.`]),
    ...(manifest ? [`There is a ${root}: ringfence config check -e ENV knows more.`] : []),
    "Only read: nothing was written, run or sent. No secret's value is on this page.",
  ];
}

export const NOTHING =
  "No environments' configuration was found: no .env files, no settings by environment, no compose files, tfvars or manifests.";
