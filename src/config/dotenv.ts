/**
 * Reads `.env` files into the entries of a layer, with the place of each name, by the rules of the dialect that the
 * layer declares; each dialect stands in a file of its own. Nothing is ever executed: `$(…)` and backquotes mean
 * themselves. A name that stands twice: the later one wins, and a warning names both.
 */
import { markOf } from "../base/byte-order-mark.ts";
import { formatPlace, type Place } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { DotenvDialect } from "../model/layer.ts";
import { readComposeDotenv } from "./dotenv-compose.ts";
import { readNodeDotenv } from "./dotenv-node.ts";
import { readPackageDotenv } from "./dotenv-package.ts";
import type { Assignment, Reading } from "./dotenv-reading.ts";
import { readRingfenceDotenv } from "./dotenv-ringfence.ts";
import { type LayerEntry, type ParsedLayer, SETTING_NAME } from "./layer-entry.ts";
import type { TemplateSyntax } from "./template-parts.ts";

interface Dialect {
  readonly read: (text: string) => Reading;
  /** Undefined where no value has references. */
  readonly syntax: TemplateSyntax | undefined;
  /** Node takes a byte order mark for a part of the first name. */
  readonly skipsMark: boolean;
}

export const DIALECTS: Readonly<Record<DotenvDialect, Dialect>> = {
  ringfence: { read: readRingfenceDotenv, syntax: "ringfence", skipsMark: true },
  dotenv: { read: readPackageDotenv, syntax: "dotenv", skipsMark: true },
  compose: { read: readComposeDotenv, syntax: "compose", skipsMark: true },
  node: { read: readNodeDotenv, syntax: undefined, skipsMark: false },
};

/** Places of offsets; fast where each is asked for after the ones before it. */
function placing(text: string, file: string): (offset: number) => Place {
  let line = 1;
  let start = 0;
  let end = text.indexOf("\n");
  return (offset) => {
    if (offset < start) {
      line = 1;
      start = 0;
      end = text.indexOf("\n");
    }
    while (end >= 0 && end < offset) {
      line++;
      start = end + 1;
      end = text.indexOf("\n", start);
    }
    return { file, line, column: offset - start + 1 };
  };
}

class Collector {
  readonly problems: FindingDraft[] = [];
  readonly #entries = new Map<string, LayerEntry>();
  readonly #at: (offset: number) => Place;
  readonly #syntax: TemplateSyntax | undefined;

  constructor(at: (offset: number) => Place, syntax: TemplateSyntax | undefined) {
    this.#at = at;
    this.#syntax = syntax;
  }

  get entries(): LayerEntry[] {
    return [...this.#entries.values()];
  }

  add({ name, value, text, interpolated, nameStart }: Assignment): void {
    if (value === undefined) return;
    const place = this.#at(nameStart);
    if (name === "__proto__") {
      this.#lostName(name, place);
      return;
    }
    const first = this.#entries.get(name);
    if (first) this.#twice(name, place, first.place);
    else if (!SETTING_NAME.test(name)) this.#oddName(name, place);
    const entry = { name, path: [name], value, text, interpolated, place };
    const syntax = this.#syntax;
    this.#entries.set(name, syntax === undefined || syntax === "ringfence" ? entry : { ...entry, syntax });
  }

  #twice(name: string, place: Place, first: Place): void {
    const why = `${name} stands here and at ${formatPlace(first)}; the later one wins`;
    const fix = `delete one of the two ${name}`;
    this.problems.push({ code: "SETTING_DUPLICATE", severity: "warning", setting: name, place, why, fix });
  }

  /** What handles settings as objects would lose it unseen, here or in the application. */
  #lostName(name: string, place: Place): void {
    const why = `${name} can't be the name of a setting: JavaScript objects can't hold it`;
    this.problems.push({ code: "SETTING_NAME", setting: name, place, why, fix: "choose another name" });
  }

  #oddName(name: string, place: Place): void {
    const why = `the dialect reads the name ${JSON.stringify(name)}, which no shell can carry`;
    const fix = "use letters, digits and _, begin with a letter, and let no line without = stand before it";
    this.problems.push({ code: "SETTING_NAME", severity: "warning", setting: name, place, why, fix });
  }
}

/**
 * Reads a `.env` text. Never throws for what stands in it.
 *
 * @param file for the places, relative to the project's root
 */
export function parseDotenv(
  withMark: string,
  file: string,
  dialect: DotenvDialect = "ringfence",
): ParsedLayer {
  const { read, syntax, skipsMark } = DIALECTS[dialect];
  const text = skipsMark ? withMark.slice(markOf(withMark).length) : withMark;
  const nul = text.indexOf("\u0000");
  if (nul >= 0) {
    const why = "the file has a NUL character, so it is no text file in UTF-8";
    const place = placing(text, file)(nul);
    return { entries: [], problems: [{ code: "SETTING_SYNTAX", place, why, fix: "save it as UTF-8" }] };
  }
  const { assignments, problems } = read(text);
  const placeOfProblem = placing(text, file);
  const collector = new Collector(placing(text, file), syntax);
  for (const assignment of assignments) collector.add(assignment);
  const found = problems.map(({ offset, ...rest }) => ({ ...rest, place: placeOfProblem(offset) }));
  return { entries: collector.entries, problems: [...found, ...collector.problems] };
}
