/**
 * Edits a `.env` text without losing anything: comments, order, blank lines, line ends, byte order mark, `export`,
 * spaces and the comment on an edited line stay as they are. Every edit is read back by the dialect's own reader
 * before it counts, so that it changes what it should and nothing else.
 */
import { markOf } from "../base/byte-order-mark.ts";
import type { RingfenceError } from "../base/error.ts";
import type { DotenvDialect } from "../model/layer.ts";
import { DIALECTS } from "./dotenv.ts";
import type { Assignment, Reading } from "./dotenv-reading.ts";
import { spellings, type Wanted } from "./dotenv-spelling.ts";
import { configErrors } from "./errors.ts";
import { SETTING_NAME } from "./layer-entry.ts";
import { parseTemplate, type TemplatePart } from "./template.ts";

export type DotenvEdit =
  /**
   * Gives a name its value; a name that is not there yet goes to the end. Where a name stands twice, the one that
   * wins changes. `interpolated`: what looks like a reference in the text is one; otherwise it is literal.
   */
  | { readonly kind: "set"; readonly name: string; readonly text: string; readonly interpolated?: boolean }
  /** Deletes every line of a name; one that is not there is no mistake. */
  | { readonly kind: "remove"; readonly name: string }
  /** Where a name stands more than once, deletes every line of it but the one that wins. */
  | { readonly kind: "deduplicate"; readonly name: string }
  /** Changes a name wherever it is set. References to it in other values stay as they are. */
  | { readonly kind: "rename"; readonly name: string; readonly to: string };

/** A piece of the text, and what comes in its place. */
interface Patch {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

/** In the order of the text; where two overlap, the later one begins behind the one before. */
function patched(text: string, patches: readonly Patch[]): string {
  let result = "";
  let done = 0;
  for (const { begin, end, text: inserted } of patches) {
    result += text.slice(done, Math.max(done, begin)) + inserted;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}

function isSame(one: Assignment, other: Assignment): boolean {
  return one.value === other.value && one.text === other.text && one.interpolated === other.interpolated;
}

class Editor {
  readonly #text: string;
  readonly #dialect: DotenvDialect;
  readonly #reading: Reading;

  constructor(text: string, dialect: DotenvDialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#reading = DIALECTS[dialect].read(text);
  }

  /** The edited text. @throws CONFIG_UNEDITABLE */
  apply(edit: DotenvEdit): string {
    switch (edit.kind) {
      case "set":
        return this.#set(edit.name, { interpolated: false, ...edit });
      case "remove":
        return this.#without(edit.name, this.#named(edit.name));
      case "deduplicate":
        return this.#without(edit.name, this.#losers(edit.name));
      case "rename":
        return this.#rename(edit.name, edit.to);
    }
  }

  #named(name: string): Assignment[] {
    return this.#reading.assignments.filter((assignment) => assignment.name === name);
  }

  #winner(name: string): Assignment | undefined {
    const named = this.#named(name);
    return named.findLast(({ value }) => value !== undefined) ?? named.at(-1);
  }

  #losers(name: string): Assignment[] {
    const winner = this.#winner(name);
    return this.#named(name).filter((assignment) => assignment !== winner);
  }

  #set(name: string, wanted: Wanted): string {
    const meaning = this.#meaningOf(name, wanted);
    const winner = this.#winner(name);
    if (winner?.value !== undefined && this.#means(winner, meaning)) return this.#text;
    if (!winner) this.#refuseOddName(name);
    const lineEnd = this.#text.includes("\r\n") ? "\r\n" : "\n";
    const readable: string[] = [];
    for (const spelling of spellings(wanted, winner?.quote, lineEnd, this.#dialect)) {
      const text = winner ? this.#replaced(winner, spelling) : this.#appended(`${name}=${spelling}`, lineEnd);
      const after = DIALECTS[this.#dialect].read(text);
      if (!this.#isSet(after.assignments, name, winner, meaning)) continue;
      if (after.problems.length <= this.#reading.problems.length) return text;
      readable.push(text);
    }
    // Better a value that the reader warns of than none.
    const warned = readable.find((text) => this.#read(text) !== undefined);
    if (warned !== undefined) return warned;
    const why = `no quotes of the dialect ${this.#dialect} can hold this value here`;
    throw this.#uneditable(name, why, "change the value, or declare another dialect or format for the layer");
  }

  #replaced({ value, valueStart, valueEnd }: Assignment, spelling: string): string {
    const text = value === undefined ? `=${spelling}` : spelling;
    return patched(this.#text, [{ begin: valueStart, end: valueEnd, text }]);
  }

  #appended(line: string, lineEnd: string): string {
    const isEnded = this.#text === "" || this.#text.endsWith("\n");
    return this.#text + (isEnded ? line + lineEnd : lineEnd + line);
  }

  #without(name: string, gone: readonly Assignment[]): string {
    if (gone.length === 0) return this.#text;
    const text = patched(
      this.#text,
      gone.map((assignment) => ({ ...this.#extentOf(assignment), text: "" })),
    );
    const left = this.#reading.assignments.filter((assignment) => !gone.includes(assignment));
    const after = this.#read(text);
    if (after?.length === left.length && left.every((one, i) => this.#isKept(one, after[i]!))) return text;
    const why = "without its lines the lines around them would be read differently";
    throw this.#uneditable(name, why, "edit the file by hand");
  }

  /** Whole lines, or only the assignment where another one stands in the same line. */
  #extentOf(assignment: Assignment): { begin: number; end: number } {
    const begin = this.#text.lastIndexOf("\n", assignment.start - 1) + 1;
    const lineEnd = this.#text.indexOf("\n", assignment.valueEnd);
    const end = lineEnd < 0 ? this.#text.length : lineEnd + 1;
    const isAlone = this.#reading.assignments.every(
      (other) => other === assignment || other.start >= end || other.valueEnd < begin,
    );
    return isAlone ? { begin, end } : { begin: assignment.start, end: assignment.valueEnd };
  }

  #rename(name: string, to: string): string {
    if (name === to) return this.#text;
    const named = this.#named(name);
    if (named.length === 0) throw this.#uneditable(name, "the file does not set it", `set ${to} instead`);
    if (this.#named(to).length > 0)
      throw this.#uneditable(name, `the file sets ${to} already`, `remove ${to} first`);
    this.#refuseOddName(to);
    const text = patched(
      this.#text,
      named.map(({ nameStart, nameEnd }) => ({ begin: nameStart, end: nameEnd, text: to })),
    );
    const after = this.#read(text);
    const before = this.#reading.assignments;
    const isRenamed = before.every((one, i) => {
      const other = after?.[i];
      return other && isSame(one, other) && other.name === (one.name === name ? to : one.name);
    });
    if (isRenamed && after?.length === before.length) return text;
    throw this.#uneditable(name, `the dialect would not read it as ${to}`, "edit the file by hand");
  }

  /** The assignments of an edited text; undefined where it has more errors than the one before. */
  #read(text: string): readonly Assignment[] | undefined {
    const { assignments, problems } = DIALECTS[this.#dialect].read(text);
    const errors = (reading: Reading): number =>
      reading.problems.filter(({ severity }) => severity === undefined).length;
    return errors({ assignments, problems }) > errors(this.#reading) ? undefined : assignments;
  }

  #isKept(before: Assignment, after: Assignment): boolean {
    return before.name === after.name && isSame(before, after);
  }

  #isSet(
    after: readonly Assignment[],
    name: string,
    winner: Assignment | undefined,
    meaning: readonly TemplatePart[],
  ): boolean {
    const before = this.#reading.assignments;
    if (after.length !== before.length + (winner ? 0 : 1)) return false;
    return after.every((one, i) => {
      const old = before[i];
      if (old !== undefined && old !== winner) return this.#isKept(old, one);
      return one.name === name && this.#means(one, meaning);
    });
  }

  #means({ value, text, interpolated }: Assignment, meaning: readonly TemplatePart[]): boolean {
    const { syntax } = DIALECTS[this.#dialect];
    if (value === undefined) return false;
    if (!interpolated || syntax === undefined)
      return JSON.stringify(meaning) === JSON.stringify(value ? [value] : []);
    const template = parseTemplate(text, syntax);
    return template.ok && JSON.stringify(template.parts) === JSON.stringify(meaning);
  }

  /** What the value is to be read as: literal texts and references. */
  #meaningOf(name: string, { text, interpolated }: Wanted): readonly TemplatePart[] {
    if (text.includes("\u0000") || !text.isWellFormed()) {
      const why = "the value has a NUL character or half a character, which no environment variable can hold";
      throw this.#uneditable(name, why, "write it as base64");
    }
    const { syntax } = DIALECTS[this.#dialect];
    if (!interpolated) return text === "" ? [] : [text];
    const template = syntax && parseTemplate(text, syntax);
    if (template?.ok) return template.parts;
    const why = template ? template.why : `the dialect ${this.#dialect} has no references`;
    throw this.#uneditable(name, why, "write the value itself");
  }

  #refuseOddName(name: string): void {
    if (SETTING_NAME.test(name)) return;
    const fix = "use letters, digits and _, and begin with a letter";
    throw this.#uneditable(JSON.stringify(name), "it is no name that a variable can have", fix);
  }

  #uneditable(name: string, why: string, fix: string): RingfenceError {
    const first = this.#named(name)[0];
    const line = first && this.#text.slice(0, first.nameStart).split("\n").length;
    const where = line === undefined ? name : `line ${line} ${name}`;
    return configErrors.CONFIG_UNEDITABLE({ what: `${name} can't be edited`, where, why, fix });
  }
}

/**
 * The text with the edits, one after the other. Every byte that no edit is about stays.
 *
 * @throws CONFIG_UNEDITABLE where the dialect can't express an edit; then none of them is made
 */
export function editDotenv(
  text: string,
  edits: readonly DotenvEdit[],
  dialect: DotenvDialect = "ringfence",
): string {
  if (text.includes("\u0000")) {
    const why = "it has a NUL character, so it is no text file in UTF-8";
    throw configErrors.CONFIG_UNEDITABLE({ what: "the file can't be edited", why, fix: "save it as UTF-8" });
  }
  const { skipsMark } = DIALECTS[dialect];
  const mark = skipsMark ? markOf(text) : "";
  const edited = edits.reduce((body, edit) => new Editor(body, dialect).apply(edit), text.slice(mark.length));
  if (skipsMark && mark === "" && markOf(edited) !== "") {
    const why = "a byte order mark in it would come to stand first, where it is skipped";
    const fix = "delete the character U+FEFF at the beginning of a line";
    throw configErrors.CONFIG_UNEDITABLE({ what: "the file can't be edited", why, fix });
  }
  return mark + edited;
}
