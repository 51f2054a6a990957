/**
 * Reads Terraform's variable files (`.tfvars`) into a source tree: HCL's native syntax with literal values. What has to
 * be evaluated (references, function calls, templates, operators) and blocks are refused. Whole numbers beyond 2^53 are
 * texts, as they are written.
 *
 * Source: the specification of HCL's native syntax, github.com/hashicorp/hcl.
 */
import { markOf } from "../base/byte-order-mark.ts";
import { forwardPlaces, lineStartsOf, type Place, placeAt, type Span } from "../base/place.ts";
import { HclMistake, type HclText, heredocText, quotedText } from "./source-hcl-text.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type Source,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
  type SourceSpans,
} from "./source-tree.ts";

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** White space and comments of one line. */
const BLANK = /(?:[ \t]+|\/\*[\s\S]*?\*\/)*/y;
const COMMENT = /(?:#|\/\/)[^\n]*/y;
const NEWLINE = /\r?\n/y;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const VALUE_ITSELF = "write the value itself; a text stands in double quotes";
const OPERATOR = /[-+*/%!=<>&|?.([]/;

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly #text: string;
  readonly #at: (offset: number) => Place;
  readonly #spans: SourceSpans | undefined;
  #offset = 0;

  constructor(text: string, file: string, spans: SourceSpans | undefined) {
    this.#text = text;
    this.#spans = spans;
    this.#at = forwardPlaces(file, text);
  }

  document(): SourceNode {
    const place = this.#at(0);
    const entries = new Map<string, SourceEntry>();
    for (this.#space(); this.#offset < this.#text.length; this.#space()) {
      const from = this.#offset;
      const name = this.#match(IDENTIFIER) ?? this.#refuse("this is no name = value", "write name = value");
      const key = { from, to: this.#offset };
      this.#blank();
      if (!this.#take("=")) this.#noAssignment();
      this.#add(entries, name, key, 0);
      this.#endLine();
    }
    return { kind: "map", entries, place };
  }

  #refuse(why: string, fix: string, offset = this.#offset): never {
    throw new HclMistake(offset, why, fix);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #take(char: string): boolean {
    if (this.#text[this.#offset] !== char) return false;
    this.#offset++;
    return true;
  }

  /** Goes over white space and comments, but not to the next line. */
  #blank(): void {
    this.#match(BLANK);
    if (this.#text.startsWith("/*", this.#offset)) this.#refuse("the comment is not closed", "add */");
    this.#match(COMMENT);
  }

  /** Goes over white space, comments and line ends; true where there was a line end. */
  #space(): boolean {
    this.#blank();
    let newLine = false;
    while (this.#match(NEWLINE) !== undefined) {
      newLine = true;
      this.#blank();
    }
    return newLine;
  }

  #noAssignment(): never {
    const char = this.#text[this.#offset];
    if (char === "{" || char === '"' || this.#match(IDENTIFIER) !== undefined) {
      const fix = "write name = { … }; what configures Terraform itself belongs into a .tf file";
      return this.#refuse("a block stands here, but a variable file has only name = value", fix);
    }
    return this.#refuse("an = is missing after the name", "write name = value");
  }

  /** Reads the value that follows, and adds it. */
  #add(entries: Map<string, SourceEntry>, name: string, key: Span, depth: number): void {
    const keyPlace = this.#at(key.from);
    this.#blank();
    const entry = { keyPlace, value: this.#value(depth) };
    this.#spans?.set(entry, key);
    // As in YAML: JavaScript objects can't carry it as a plain key.
    if (name === "__proto__") {
      this.problems.push({
        kind: "syntax",
        place: keyPlace,
        why: "this can be no key",
        fix: "write another word",
      });
      return;
    }
    const first = entries.get(name);
    if (first) this.problems.push(duplicateKey(name, first.keyPlace, keyPlace));
    else entries.set(name, entry);
  }

  #endLine(): void {
    this.#blank();
    if (this.#offset >= this.#text.length || this.#match(NEWLINE) !== undefined) return;
    this.#noEnd("a new line is missing after the value", "write one name = value a line");
  }

  /** Refuses what follows a value and is no end of it. */
  #noEnd(why: string, fix: string): never {
    this.#noOperator();
    return this.#refuse(why, fix);
  }

  #noOperator(): void {
    if (!OPERATOR.test(this.#text[this.#offset] ?? "")) return;
    const why = "something would have to be calculated, but the values of a variable file are literal";
    this.#refuse(why, VALUE_ITSELF);
  }

  #value(depth: number): SourceNode {
    const from = this.#offset;
    const node = this.#node(depth);
    this.#spans?.set(node, { from, to: this.#offset });
    return node;
  }

  #node(depth: number): SourceNode {
    const start = this.#offset;
    const place = this.#at(start);
    if (depth > DEEPEST_SOURCE) this.#refuse(`nested deeper than ${DEEPEST_SOURCE} levels`, "flatten it");
    if (this.#take("[")) return this.#list(depth, place);
    if (this.#take("{")) return this.#object(depth, place);
    const text = this.#textValue();
    if (text !== undefined) return { kind: "scalar", value: text, text, place };
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#number(number, place);
    const word = this.#match(IDENTIFIER);
    const value = WORDS.get(word ?? "");
    if (word === undefined || value === undefined) return this.#noValue(start, word);
    return { kind: "scalar", value, text: word, place };
  }

  #number(text: string, place: Place): SourceNode {
    const number = Number(text);
    const exact = Number.isFinite(number) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(number));
    return { kind: "scalar", value: exact ? number : text, text, place };
  }

  /** A quoted text or a heredoc; undefined where none begins. */
  #textValue(): string | undefined {
    let read: HclText | undefined;
    if (this.#text[this.#offset] === '"') read = quotedText(this.#text, this.#offset);
    else if (this.#text.startsWith("<<", this.#offset)) read = heredocText(this.#text, this.#offset);
    this.#offset = read?.end ?? this.#offset;
    return read?.value;
  }

  #noValue(start: number, word: string | undefined): never {
    if (word === undefined) {
      return this.#noEnd(
        "no value begins here",
        "write a number, true, false, null, or a text in double quotes",
      );
    }
    this.#match(BLANK);
    const called = this.#text[this.#offset] === "(" ? "a function is called" : "a name stands here";
    return this.#refuse(`${called}, but the values of a variable file are literal`, VALUE_ITSELF, start);
  }

  #list(depth: number, place: Place): SourceNode {
    const items: SourceNode[] = [];
    for (this.#space(); !this.#take("]"); this.#space()) {
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#take(",")) continue;
      if (this.#text[this.#offset] !== "]") this.#noEnd("expected a comma or ]", "add it");
    }
    return { kind: "list", items, place };
  }

  #object(depth: number, place: Place): SourceNode {
    const entries = new Map<string, SourceEntry>();
    for (this.#space(); !this.#take("}"); this.#space()) {
      const from = this.#offset;
      const name = this.#key();
      const key = { from, to: this.#offset };
      this.#blank();
      if (!this.#take("=") && !this.#take(":"))
        this.#noEnd("expected = or : after the key", "write key = value");
      this.#add(entries, name, key, depth + 1);
      if (this.#space() || this.#take(",") || this.#text[this.#offset] === "}") continue;
      this.#noEnd("expected a comma, a new line or }", "add it");
    }
    return { kind: "map", entries, place };
  }

  #key(): string {
    if (this.#text[this.#offset] === '"') {
      const { value, end } = quotedText(this.#text, this.#offset);
      this.#offset = end;
      return value;
    }
    const key = this.#match(IDENTIFIER) ?? this.#match(NUMBER);
    return (
      key ?? this.#refuse("a key is missing, or the } that closes", "write a name or a text in double quotes")
    );
  }
}

/**
 * Reads a variable file; a byte order mark is skipped. Stops at the first mistake: what follows could mean anything.
 *
 * @param spans filled where somebody asks for them, without a byte order mark
 */
export function readTfvars(withMark: string, file: string, spans?: SourceSpans): Source {
  const text = withMark.slice(markOf(withMark).length);
  const reader = new Reader(text, file, spans);
  try {
    return { root: reader.document(), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof HclMistake)) throw error;
    const { offset, why, fix } = error;
    const place = placeAt(file, lineStartsOf(text), offset);
    return { root: undefined, problems: [...reader.problems, { kind: "syntax", place, why, fix }] };
  }
}
