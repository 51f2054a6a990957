/**
 * Gives a setting another name wherever a YAML or JSON text speaks of it: as a key, as a value, in a reference, in a
 * CEL expression. Which of these may stand where is told by the caller; the result is read again before it counts.
 */
import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import type { Json } from "../../base/canonical-json.ts";
import { configErrors } from "../errors.ts";
import { type Splice, spliced } from "./text-splice.ts";
import { dataOf, type ParsedDocument, parseYaml } from "./yaml-document.ts";

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** How a text may speak of a setting. */
export type Mention = "name" | "references" | "expression";

/** What the text at a path may be; undefined: it is left alone. Items of lists have their index as key. */
export interface Mentions {
  readonly key: (path: readonly string[]) => boolean;
  readonly value: (path: readonly string[]) => Mention | undefined;
}

/** A text with its references to one setting changed; `$${` begins none. */
export function withReferences(text: string, { from, to }: Renaming): string {
  const reference = new RegExp(`\\$\\$\\{|\\$\\{${from}(?![A-Za-z0-9_])`, "g");
  return text.replace(reference, (found) => (found === "$${" ? found : `\${${to}`));
}

/** Strings and identifiers of CEL; what follows a dot is a field. */
const CEL_TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.])[A-Za-z_]\w*/g;

function withIdentifiers(text: string, { from, to }: Renaming): string {
  return text.replace(CEL_TOKEN, (token) => (token === from ? to : token));
}

/** The same text with every whole word changed, as it stands in a file. */
function withWords(raw: string, { from, to }: Renaming): string {
  return raw.replace(new RegExp(`(?<![\\w.])${from}(?!\\w)`, "g"), to);
}

function changed(value: string, mention: Mention, renaming: Renaming): string {
  if (mention === "name") return value === renaming.from ? renaming.to : value;
  return mention === "references" ? withReferences(value, renaming) : withIdentifiers(value, renaming);
}

class Renamer {
  readonly splices: Splice[] = [];
  readonly #text: string;
  readonly #document: ParsedDocument;
  readonly #mentions: Mentions;
  readonly #renaming: Renaming;

  constructor(text: string, document: ParsedDocument, mentions: Mentions, renaming: Renaming) {
    this.#text = text;
    this.#document = document;
    this.#mentions = mentions;
    this.#renaming = renaming;
  }

  /** Collects what is to be replaced, and returns what the data is to be then. Aliases stay: they follow. */
  visit(node: ParsedNode | null, path: readonly string[]): Json {
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      return Object.fromEntries(
        node.items.map(({ key, value }) => {
          const name = String(dataOf(key, this.#document));
          const isMention = name === this.#renaming.from && this.#mentions.key([...path, name]);
          const renamed = isMention ? this.#replace(key, name, "name") : name;
          return [renamed, this.visit(value, [...path, name])];
        }),
      );
    }
    if (isSeq<ParsedNode>(node))
      return node.items.map((item, index) => this.visit(item, [...path, String(index)]));
    if (node === null) return null;
    const data = dataOf(node, this.#document);
    const mention = this.#mentions.value(path);
    if (!isScalar(node) || typeof data !== "string" || mention === undefined) return data;
    return this.#replace(node, data, mention);
  }

  /** Only where the words as they are written are the words that are meant. */
  #replace(node: ParsedNode, value: string, mention: Mention): string {
    const wanted = changed(value, mention, this.#renaming);
    if (wanted === value) return value;
    const words = mention === "references" ? withReferences : withWords;
    if (words(value, this.#renaming) !== wanted) return value;
    const [from, to] = node.range;
    this.splices.push({ from, to, text: words(this.#text.slice(from, to), this.#renaming) });
    return wanted;
  }
}

/**
 * The text with the setting renamed where it is mentioned as told. Only those words differ.
 *
 * @throws CONFIG_UNEDITABLE where the result would not say exactly that
 */
export function renamedInYaml(file: string, text: string, mentions: Mentions, renaming: Renaming): string {
  const document = parseYaml(text);
  const renamer = new Renamer(text, document, mentions, renaming);
  const wanted = renamer.visit(document.contents, []);
  const result = spliced(text, renamer.splices);
  if (result === text) return text;
  const after = parseYaml(result);
  if (after.errors.length === 0 && isDeepStrictEqual(dataOf(after, after), wanted)) return result;
  throw configErrors.CONFIG_UNEDITABLE({
    what: `${renaming.from} can't be renamed in ${file}`,
    where: file,
    why: "it is written in a way that others depend on, such as an anchor",
    fix: `write ${renaming.to} in ${file} by hand`,
  });
}
