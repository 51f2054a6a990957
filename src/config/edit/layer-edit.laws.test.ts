/** Laws of editing that hold for any layer, on documents that are written here line by line. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SettingValue } from "../../model/setting.ts";
import { readTfvars } from "../../model/source-hcl.ts";
import { readJson } from "../../model/source-json.ts";
import { readToml } from "../../model/source-toml.ts";
import { plainValue, type Source } from "../../model/source-tree.ts";
import { readYaml } from "../../model/source-yaml.ts";
import { settingName } from "../tree-layer.ts";
import { type EditableLayer, editTreeLayer, type SettingEdit } from "./layer-edit.ts";

type Format = EditableLayer["format"];
type Settings = Readonly<Record<string, SettingValue>>;

/** A line with the settings that are written on it; none is a comment, a blank line, or what holds the text together. */
interface Line {
  readonly text: string;
  readonly of?: readonly string[];
}

interface Shape {
  readonly top: Settings;
  readonly maps: Readonly<Record<string, Settings>>;
  /** What decorates the text, by turns. */
  readonly choices: readonly number[];
  readonly eol: string;
  readonly mark: string;
  readonly isEnded: boolean;
}

const READ: Readonly<Record<Format, (text: string, file: string) => Source>> = {
  yaml: readYaml,
  json: readJson,
  toml: readToml,
  tfvars: readTfvars,
};

const value: fc.Arbitrary<SettingValue> = fc.oneof(
  fc.integer({ min: -1000, max: 100_000 }),
  fc.boolean(),
  fc.constantFrom(
    "",
    "yes",
    "1.10",
    "# no",
    "a: b",
    "two\nlines\n",
    " x ",
    "}",
    "]",
    ",",
    "'",
    '"',
    "=",
    "\\",
    "EOT",
  ),
  fc.string({ maxLength: 12 }).filter((text) => !/[{\u0000-\u001f\u007f]/.test(text)),
  fc.array(fc.oneof(fc.integer(), fc.constantFrom("x", "]", "# y", '"')), { maxLength: 3 }),
);
const anyText = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\u0000"));
const fresh: fc.Arbitrary<SettingValue> = fc.oneof(
  value,
  anyText,
  fc.string({ unit: "binary", maxLength: 8 }).filter((text) => !text.includes("\u0000")),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.constantFrom("$\u007bA}", "%{ if }", "$${", "a\tb\r\n\u007f\u0008\u000c\u2028\u0085"),
);
const settings = (keys: readonly string[], minLength: number) =>
  fc
    .uniqueArray(fc.constantFrom(...keys), { minLength })
    .chain((some) =>
      fc.tuple(fc.constant(some), fc.array(value, { minLength: some.length, maxLength: some.length })),
    )
    .map(([some, values]) => Object.fromEntries(some.map((key, index) => [key, values[index]!])));
const KEYS = ["one", "two_of", "three", "four_is_it"];
const shape: fc.Arbitrary<Shape> = fc.record({
  top: settings(KEYS, 1),
  maps: fc.tuple(settings(KEYS, 1), settings(KEYS, 1), fc.nat(3)).map(
    ([db, log, which]): Record<string, Settings> => ({
      ...(which & 1 && { db }),
      ...(which & 2 && { log_it: log }),
    }),
  ),
  choices: fc.array(fc.nat(11), { minLength: 30, maxLength: 30 }),
  eol: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\ufeff"),
  isEnded: fc.boolean(),
});

class Writer {
  readonly lines: Line[] = [];
  readonly #format: Format;
  readonly #choices: readonly number[];
  #turn = 0;

  constructor(format: Format, { choices }: Shape) {
    this.#format = format;
    this.#choices = choices;
  }

  next(): number {
    return this.#choices[this.#turn++ % this.#choices.length]!;
  }

  add(text: string, ...of: string[]): void {
    this.lines.push(of.length === 0 ? { text } : { text, of });
  }

  decorate(margin: string): void {
    const choice = this.#format === "json" ? 0 : this.next();
    if (choice === 9) this.add("");
    if (choice === 10) this.add(`${margin}# about: "it" = [`);
    if (choice === 11) for (const text of ["", `${margin}# two`, `${margin}# lines`]) this.add(text);
  }

  comment(): string {
    return this.next() === 1 ? (this.#format === "tfvars" ? " // it's" : " # it's") : "";
  }

  /** The value after `sign`, on one line or several, as people write it in this format. */
  pair(margin: string, key: string, sign: string, one: SettingValue, name: string): void {
    const choice = this.next();
    const json = JSON.stringify(one);
    const start = `${margin}${key}${sign}`;
    if (Array.isArray(one) && one.length > 0 && choice < 6 && this.#format !== "json") {
      const isYaml = this.#format === "yaml";
      this.add(start.trimEnd() + (isYaml ? "" : " ["), name);
      for (const item of one)
        this.add(`${margin}  ${isYaml ? "- " : ""}${JSON.stringify(item)}${isYaml ? "" : ","}`, name);
      if (!isYaml) this.add(`${margin}]${this.comment()}`, name);
    } else if (
      one === "two\nlines\n" &&
      choice < 8 &&
      (this.#format === "yaml" || this.#format === "tfvars")
    ) {
      this.add(`${start}${this.#format === "yaml" ? "|" : "<<-EOT"}`, name);
      for (const line of ["two", "lines"]) this.add(`${margin}  ${line}`, name);
      if (this.#format === "tfvars") this.add(`${margin}EOT`, name);
    } else this.add(start + json + this.comment(), name);
  }
}

function inBraces(writer: Writer, map: string, inner: Settings, start: string, sign: string): void {
  const names = Object.keys(inner).map((key) => settingName([map, key]));
  const pairs = Object.entries(inner).map(([key, one]) => `${key}${sign}${JSON.stringify(one)}`);
  writer.add(`${start}{ ${pairs.join(", ")} }${writer.comment()}`, ...names);
}

function linesOfJson(shape: Shape): Line[] {
  const writer = new Writer("json", shape);
  const entries = [...Object.entries(shape.top), ...Object.entries(shape.maps)];
  writer.add("{");
  for (const [index, [key, one]] of entries.entries()) {
    const comma = index < entries.length - 1 ? "," : "";
    if (!(key in shape.maps)) writer.add(`  "${key}": ${JSON.stringify(one)}${comma}`, settingName([key]));
    else {
      const inner = Object.entries(one as Settings);
      writer.add(`  "${key}": {`);
      for (const [at, [below, value]] of inner.entries()) {
        const text = `    "${below}": ${JSON.stringify(value)}${at < inner.length - 1 ? "," : ""}`;
        writer.add(text, settingName([key, below]));
      }
      writer.add(`  }${comma}`);
    }
  }
  writer.add("}");
  return writer.lines;
}

function linesOf(format: Format, shape: Shape): Line[] {
  if (format === "json") return linesOfJson(shape);
  const writer = new Writer(format, shape);
  const sign = format === "yaml" ? ": " : " = ";
  writer.decorate("");
  for (const [key, one] of Object.entries(shape.top)) {
    writer.pair("", key, sign, one, settingName([key]));
    writer.decorate("");
  }
  // In TOML a header ends the top level: maps in braces come before it.
  const maps = Object.entries(shape.maps).map(([map, inner]) => ({ map, inner, flow: writer.next() < 3 }));
  for (const { map, inner, flow } of maps.toSorted((a, b) => Number(b.flow) - Number(a.flow))) {
    if (flow) inBraces(writer, map, inner, `${map}${sign}`, sign);
    else {
      const margin = format === "toml" ? "" : "  ";
      writer.add(format === "toml" ? `[${map}]` : `${map}${sign}${format === "yaml" ? "" : "{"}`.trimEnd());
      for (const [key, one] of Object.entries(inner)) {
        writer.decorate(margin);
        writer.pair(margin, key, sign, one, settingName([map, key]));
      }
      if (format === "tfvars") writer.add("}");
    }
    writer.decorate("");
  }
  return writer.lines;
}

function textOf(lines: readonly Line[], { eol, mark, isEnded }: Shape): string {
  return mark + lines.map(({ text }) => text).join(eol) + (isEnded ? eol : "");
}

function settingsOf({ top, maps }: Shape): Record<string, SettingValue> {
  const nested = Object.entries(maps).flatMap(([map, inner]) =>
    Object.entries(inner).map(([key, one]) => [settingName([map, key]), one]),
  );
  return Object.fromEntries([
    ...Object.entries(top).map(([key, one]) => [settingName([key]), one]),
    ...nested,
  ]);
}

function settingsIn(format: Format, text: string): Record<string, SettingValue> {
  const { root, problems } = READ[format](text.replace(/^\ufeff/, ""), "x");
  expect(problems).toEqual([]);
  const found: Record<string, SettingValue> = {};
  const walk = (node: SettingValue, path: readonly string[]): void => {
    if (typeof node !== "object" || node === null || Array.isArray(node)) found[settingName(path)] = node;
    else for (const [key, one] of Object.entries(node)) walk(one, [...path, key]);
  };
  if (root && root.kind === "map") walk(plainValue(root), []);
  return found;
}

describe.each<Format>(["yaml", "json", "toml", "tfvars"])("%s", (format) => {
  const edited = (text: string, ...edits: SettingEdit[]): string =>
    editTreeLayer({ format, text, file: "x" }, edits);
  /** TOML's and HCL's readers take a whole number that JavaScript can't hold for a text. */
  const asRead = (value: SettingValue): SettingValue =>
    (format === "toml" || format === "tfvars") &&
    /^-?\d+$/.test(String(value)) &&
    typeof value === "number" &&
    !Number.isSafeInteger(value)
      ? String(value)
      : value;
  const law = (holds: (shape: Shape, name: string, value: SettingValue) => void): void => {
    fc.assert(
      fc.property(shape, fc.nat(), fresh, (one, pick, value) => {
        const names = Object.keys(settingsOf(one));
        holds(one, names[pick % names.length]!, value);
      }),
      { numRuns: 100 },
    );
  };

  test("the documents of these tests say what they are made of", () => {
    law((shape) =>
      expect(settingsIn(format, textOf(linesOf(format, shape), shape))).toEqual(settingsOf(shape)),
    );
  });

  test("a value that is set changes its lines and no other", () => {
    law((shape, name, value) => {
      const lines = linesOf(format, shape);
      const text = textOf(lines, shape);
      const result = edited(text, { kind: "set", name, value });
      expect(settingsIn(format, result)).toEqual({ ...settingsOf(shape), [name]: asRead(value) });
      const first = lines.findIndex(({ of }) => of?.includes(name));
      const last = lines.findLastIndex(({ of }) => of?.includes(name));
      const head = textOf(lines.slice(0, first), { ...shape, isEnded: first > 0 });
      const tail = lines.slice(last + 1).map(({ text: line }) => shape.eol + line);
      expect(result.startsWith(head)).toBe(true);
      expect(result.endsWith(tail.join("") + (shape.isEnded ? shape.eol : ""))).toBe(true);
    });
  });

  test("what is removed takes its lines along, comments and blank lines around it, and nothing else", () => {
    law((shape, name) => {
      const lines = linesOf(format, shape);
      const result = edited(textOf(lines, shape), { kind: "remove", name });
      const { [name]: _, ...others } = settingsOf(shape);
      expect(settingsIn(format, result)).toEqual(others);
      const kept = result.replace(/^\ufeff/, "").split(shape.eol);
      const bare = (line: string) => line.replace(/,$/, "");
      for (const { text, of } of lines) {
        if (!of || of.includes(name)) continue;
        expect(kept.map(bare)).toContain(bare(text));
      }
      const texts = new Set(lines.map(({ text }) => bare(text)));
      const isNew = (line: string) => line !== "" && !texts.has(bare(line));
      // Only braces that are shared, or that nothing is left in, are written anew.
      const shared = lines.some(({ of }) => of?.includes(name) && of.length > 1);
      expect(kept.filter(isNew).length).toBeLessThanOrEqual(
        shared || Object.keys(others).length === 0 ? 1 : 0,
      );
    });
  });

  test("what is set anew and removed again leaves the text as it was", () => {
    law((shape, _, value) => {
      const text = textOf(linesOf(format, shape), shape);
      for (const name of ["FIVE", "DB_FIVE_OF", "LOG_IT_FIVE"]) {
        const longer = edited(text, { kind: "set", name, value });
        expect(settingsIn(format, longer)).toEqual({ ...settingsOf(shape), [name]: asRead(value) });
        expect(edited(longer, { kind: "remove", name })).toBe(text);
      }
    });
  });

  test("what is renamed and named back leaves the text as it was; elsewhere it keeps its value", () => {
    law((shape, name) => {
      const text = textOf(linesOf(format, shape), shape);
      const to = `${name.replace(/(ONE|TWO_OF|THREE|FOUR_IS_IT)$/, "")}SIX`;
      const there = edited(text, { kind: "rename", name, to });
      const { [name]: value, ...others } = settingsOf(shape);
      expect(settingsIn(format, there)).toEqual({ ...others, [to]: value });
      expect(edited(there, { kind: "rename", name: to, to: name })).toBe(text);
      const away = edited(text, { kind: "rename", name, to: "SEVEN" });
      expect(settingsIn(format, away)).toEqual({ ...others, SEVEN: value });
    });
  });
});
