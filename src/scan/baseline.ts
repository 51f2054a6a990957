/**
 * The baseline: what a scan lets through, each with a reason. An entry names a rule, a path and a digest of the found
 * text; who reads the file learns nothing of the text that the path does not show.
 *
 * The digest is scrypt (RFC 7914) under the file's own salt: a password that stood there once, and is gone from the
 * repository, can't be tried out at speed. Known values of secrets are never let through, so no entry is about one.
 */
import { nodeCrypto } from "../base/node-crypto.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { entriesAt, nodeAt, placeOf, type SourceNode } from "../model/source-tree.ts";
import { readYaml } from "../model/source-yaml.ts";
import type { Leak, Shape } from "./leak.ts";

/** Cost 2^13, block size 8: 8 MiB and some 20 ms. */
const COST = { N: 8192, r: 8, p: 1 } as const;
const DIGEST_BYTES = 16;
const SALT = /^[0-9a-f]{32}$/;
const FIELDS = ["rule", "path", "digest", "reason"] as const;

type Entry = Readonly<Record<(typeof FIELDS)[number], string>>;

export interface Baseline {
  /** Undefined where there is no file yet, or an empty one. */
  readonly salt: string | undefined;
  readonly entries: readonly (Entry & { readonly place: FindingDraft["place"] })[];
  /** What is wrong with the file. */
  readonly drafts: readonly FindingDraft[];
}

function problem(place: FindingDraft["place"], why: string, fix: string): FindingDraft {
  return { code: "LEAK_BASELINE_INVALID", place, why, fix };
}

function textOf(root: SourceNode, path: readonly PropertyKey[]): string | undefined {
  const node = nodeAt(root, path);
  // Digits alone are a number in YAML; what stands there is meant.
  return node?.kind === "scalar" && node.value !== null ? node.text.trim() || undefined : undefined;
}

function readEntry(root: SourceNode, at: number): Baseline["entries"][number] | FindingDraft {
  const path = ["accepted", at];
  const place = placeOf(root, path);
  const [unknown] = entriesAt(nodeAt(root, path)).filter(([key]) => !FIELDS.some((field) => field === key));
  if (unknown) return problem(place, `an entry has no ${unknown[0]}`, `delete ${unknown[0]}`);
  const missing = FIELDS.find((field) => textOf(root, [...path, field]) === undefined);
  if (missing) return problem(place, `the entry has no ${missing}`, `add a ${missing}`);
  const field = (name: (typeof FIELDS)[number]) => textOf(root, [...path, name])!;
  return {
    rule: field("rule"),
    path: field("path"),
    digest: field("digest"),
    reason: field("reason"),
    place,
  };
}

/** Reads a baseline. Entries with a mistake let nothing through. */
export function readBaseline(text: string, file: string): Baseline {
  const { root, problems } = readYaml(text, file);
  const drafts = problems.map(({ place, why, fix }) => problem(place, why, fix));
  if (!root) return { salt: undefined, entries: [], drafts };
  const salt = textOf(root, ["salt"]);
  if (salt === undefined || !SALT.test(salt)) {
    const fix = "ringfence secret scan --accept REASON   # without the file; it writes a salt";
    return {
      salt: undefined,
      entries: [],
      drafts: [
        ...drafts,
        problem(placeOf(root, ["salt"]), "the file has no salt of 32 hexadecimal digits", fix),
      ],
    };
  }
  const list = nodeAt(root, ["accepted"]);
  const count = list?.kind === "list" ? list.items.length : 0;
  const read = Array.from({ length: count }, (_, at) => readEntry(root, at));
  const entries = read.filter((one) => "rule" in one);
  return { salt, entries, drafts: [...drafts, ...read.filter((one) => "code" in one)] };
}

function digestOfShape({ rule, text }: Shape, path: string, salt: string): string {
  const bound = JSON.stringify([salt, rule, path]);
  return nodeCrypto().scryptSync(text, bound, DIGEST_BYTES, COST).toString("hex");
}

/** A baseline that is held against leaks, and remembers which entries were of use. */
export class BaselineUse {
  readonly #baseline: Baseline;
  readonly #used = new Set<Entry>();
  readonly #digests = new Map<string, string>();

  constructor(baseline: Baseline) {
    this.#baseline = baseline;
  }

  #digest(shape: Shape, path: string, salt: string): string {
    const key = JSON.stringify([shape.rule, path, shape.text]);
    const digest = this.#digests.get(key) ?? digestOfShape(shape, path, salt);
    this.#digests.set(key, digest);
    return digest;
  }

  #entryFor(shape: Shape, path: string): Entry | undefined {
    const { salt, entries } = this.#baseline;
    const near = entries.filter((entry) => entry.rule === shape.rule && entry.path === path);
    if (salt === undefined || near.length === 0) return undefined;
    const digest = this.#digest(shape, path, salt);
    return near.find((entry) => entry.digest === digest);
  }

  /** Why a leak is let through; undefined where it is not, as for every known value of a secret. */
  reasonFor({ values, shapes }: Leak, path: string): string | undefined {
    if (values.length > 0) return undefined;
    const entries = shapes.map((shape) => this.#entryFor(shape, path));
    for (const entry of entries) if (entry) this.#used.add(entry);
    return entries.every((entry) => entry !== undefined)
      ? [...new Set(entries.map((entry) => entry!.reason))].join("; ")
      : undefined;
  }

  /** Entries that let nothing through. */
  unused(): Baseline["entries"] {
    return this.#baseline.entries.filter((entry) => !this.#used.has(entry));
  }

  /** The lines that let leaks through, to be put at the end of the file. @param newSalt for a file that has none */
  linesFor(leaks: readonly { leak: Leak; path: string }[], reason: string, newSalt: string): string {
    const { salt } = this.#baseline;
    const shapes = leaks
      .filter(({ leak }) => leak.values.length === 0)
      .flatMap(({ leak, path }) => leak.shapes.map((shape) => ({ shape, path })));
    const missing = shapes.filter(({ shape, path }) => this.#entryFor(shape, path) === undefined);
    const entries = missing.map(({ shape, path }) => {
      const fields = { rule: shape.rule, path, digest: this.#digest(shape, path, salt ?? newSalt), reason };
      return FIELDS.map(
        (field, at) => `${at === 0 ? "  - " : "    "}${field}: ${JSON.stringify(fields[field])}\n`,
      ).join("");
    });
    const head =
      salt === undefined
        ? `# What ringfence secret scan lets through, and why. Delete what is no longer there.\nsalt: "${newSalt}"\naccepted:\n`
        : "";
    return `${head}${[...new Set(entries)].join("")}`;
  }
}
