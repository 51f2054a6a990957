/** Sets one value in a YAML text: which lines to replace or to add, and with what. */
import { isDeepStrictEqual } from "node:util";
import { isAlias, isCollection, isMap, isPair, type ParsedNode } from "yaml";
import type { Json } from "../../base/canonical-json.ts";
import { eolOf, lineEnd, lineStart, type Splice } from "./text-splice.ts";
import {
  type Collection,
  dataOf,
  endOf,
  isEmptyFlow,
  isQuoted,
  type ParsedDocument,
  type ParsedPair,
  pairOf,
} from "./yaml-document.ts";
import { blockLines, flowText, isFilled, keyText } from "./yaml-text.ts";

/** The data with one value set; what is no map on the way to it becomes one. */
export function withSet(data: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const map = typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
  const inner = Object.hasOwn(map, key) ? (map as Readonly<Record<string, Json>>)[key]! : null;
  return { ...map, [key]: withSet(inner, rest, value) };
}

export class YamlSetter {
  readonly #text: string;
  readonly #document: ParsedDocument;
  readonly #eol: string;

  constructor(text: string, document: ParsedDocument) {
    this.#text = text;
    this.#document = document;
    this.#eol = eolOf(text);
  }

  splice(path: readonly string[], value: Json): Splice {
    let node: ParsedNode | null = this.#document.contents;
    let owner: ParsedPair | undefined;
    let inFlow = false;
    let depth = 0;
    for (; depth < path.length && isMap(node) && !isEmptyFlow(node); depth++) {
      inFlow ||= node.flow === true;
      const found = pairOf(node, path[depth]!);
      if (!found)
        return this.#append(node as Collection, withSet(null, path.slice(depth), value), depth === 0);
      owner = found;
      node = found.value;
    }
    if (!owner) return this.#begin(node, withSet(null, path, value));
    const added = depth === path.length ? this.#added(node, value) : undefined;
    if (added) return this.#append(node as Collection, added, false);
    // Others that refer to the same anchor keep what they have: the alias is written out.
    const before = isAlias(node) && depth < path.length ? dataOf(node, this.#document) : null;
    const whole = withSet(before, path.slice(depth), value);
    return inFlow ? this.#replaceInFlow(owner, whole) : this.#replace(owner, whole);
  }

  /** What a list only gets more of: its items stay as they are written. */
  #added(node: ParsedNode | null, value: Json): readonly Json[] | undefined {
    if (!isCollection(node) || isMap(node) || node.items.length === 0 || !Array.isArray(value))
      return undefined;
    const kept = value.slice(0, node.items.length);
    const isLonger = isDeepStrictEqual(dataOf(node as ParsedNode, this.#document), kept);
    return isLonger ? value.slice(kept.length) : undefined;
  }

  /** Into a text that holds nothing yet, or `{}`. */
  #begin(node: ParsedNode | null, value: Json): Splice {
    const text = isFilled(value) ? blockLines(value, 0, this.#step()).join(this.#eol) : flowText(value);
    if (node && isEmptyFlow(node)) return { from: node.range[0], to: node.range[1], text };
    const end = this.#text.length;
    const gap = end === 0 || this.#text.endsWith("\n") ? "" : this.#eol;
    return { from: end, to: end, text: `${gap}${text}${this.#eol}` };
  }

  /** Behind the last item of a collection that has some. */
  #append(collection: Collection, more: Json, atRoot: boolean): Splice {
    const end = endOf(this.#text, collection.items.at(-1)!);
    if (collection.flow) return this.#appendInFlow(collection, more, end);
    const lines = blockLines(more as readonly Json[], this.#columnOf(collection.range[0]), this.#step());
    // Where the sections stand apart, so does a new one.
    const apart = atRoot && collection.items.slice(1).some((item) => isPair(item) && item.key.spaceBefore);
    const at = this.#lineEnd(end);
    return {
      from: at,
      to: at,
      text: [...(apart ? [""] : []), ...lines].map((line) => this.#eol + line).join(""),
    };
  }

  #appendInFlow({ items }: Collection, more: Json, end: number): Splice {
    const quoted = items.some((item) => isQuoted(isPair(item) ? item.key : item));
    const parts = Array.isArray(more)
      ? more.map((item) => flowText(item, quoted))
      : Object.entries(more as object).map(
          ([key, one]) => `${keyText(key, quoted)}: ${flowText(one, quoted)}`,
        );
    const last = items.at(-1)!;
    const start = isPair(last) ? last.key.range[0] : (last as ParsedNode).range[0];
    const margin = this.#text.slice(this.#lineStart(start), start);
    const gap = margin.trim() === "" ? `${this.#eol}${margin}` : " ";
    return { from: end, to: end, text: parts.map((part) => `,${gap}${part}`).join("") };
  }

  #replaceInFlow({ key, value: node }: ParsedPair, value: Json): Splice {
    const text = flowText(value, isQuoted(key));
    if (!node) return { from: key.range[1], to: key.range[1], text: `: ${text}` };
    const [from, to] = node.range;
    const gap = from === to && /\S/.test(this.#text[from - 1]!) ? " " : "";
    return { from, to, text: gap + text };
  }

  #replace({ key, value: node }: ParsedPair, value: Json): Splice {
    const colon = this.#text.indexOf(":", key.range[1]) + 1;
    const from = node && node.range[0] < node.range[1] ? node.range[0] : undefined;
    const end = from === undefined ? colon : endOf(this.#text, node!);
    const onKeyLine = from === undefined || this.#lineStart(from) === this.#lineStart(colon);
    const rest = this.#text.slice(onKeyLine ? end : colon, this.#lineEnd(onKeyLine ? end : colon));
    const comment = /^\s+#/.test(rest) ? rest : "";
    const asFlow = isCollection(node) && node.flow === true && node.items.length > 0;
    if (!isFilled(value) || asFlow) {
      const text = flowText(value);
      if (onKeyLine) return { from: from ?? colon, to: end, text: from === undefined ? ` ${text}` : text };
      return { from: colon, to: this.#lineEnd(end), text: ` ${text}${comment}` };
    }
    const isSameKind = isCollection(node) && !isEmptyFlow(node) && isMap(node) !== Array.isArray(value);
    if (isSameKind && !onKeyLine) {
      const lines = blockLines(value, this.#columnOf(from!), this.#step());
      return { from: this.#lineStart(from!), to: this.#lineEnd(end), text: lines.join(this.#eol) };
    }
    const lines = blockLines(value, this.#columnOf(key.range[0]) + this.#step(), this.#step());
    return { from: colon, to: this.#lineEnd(end), text: [comment, ...lines].join(this.#eol) };
  }

  #lineStart(offset: number): number {
    return lineStart(this.#text, offset);
  }

  /** Before the line feed (and carriage return) that ends the line; of a whole line's end, that line's. */
  #lineEnd(offset: number): number {
    const isWhole = offset > 0 && this.#text[offset - 1] === "\n";
    return lineEnd(this.#text, isWhole ? offset - 1 : offset);
  }

  #columnOf(offset: number): number {
    return offset - this.#lineStart(offset);
  }

  /** Columns between one level of maps and the next, as the text has them first; else 2. */
  #step(): number {
    const { contents } = this.#document;
    if (!isMap(contents)) return 2;
    for (const { key, value } of contents.items as readonly ParsedPair[]) {
      if (!isMap(value) || value.flow || value.items.length === 0) continue;
      const step = this.#columnOf(value.range[0]) - this.#columnOf(key.range[0]);
      if (step > 0) return step;
    }
    return 2;
  }
}
