/**
 * The rules of secretlint's recommended preset, called one by one.
 *
 * Its core is left out: that keeps a performance mark for every rule and file for as long as the process lives, and
 * lets a comment in the text (`secretlint-disable`) switch rules off. What a rule says of a text repeats it, so only
 * its name is taken.
 */
import { extname } from "node:path";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { LeakRules, RuleMatch } from "../../ports/leak-rules.ts";

type Rule = (typeof rules)[number];
type RuleContext = Parameters<Rule["create"]>[0];
type SourceCode = Parameters<NonNullable<ReturnType<Rule["create"]>["file"]>>[0];

const PREFIX = "@secretlint/secretlint-rule-";
/** Obeys comments in the text. */
const SWITCHING_OFF = `${PREFIX}filter-comments`;
/** Files of other kinds are opened by a rule, wherever their path leads. */
const EXTENSIONS_TOLD = [".json"];

function contextOf(name: string, found: RuleMatch[]): RuleContext {
  return {
    sharedOptions: {},
    createTranslator: () => (message) => ({
      message: String(message),
      messageId: String(message),
      data: undefined,
    }),
    ignore() {},
    report({ message: { messageId }, range: [from, to] }) {
      found.push({ rule: `secretlint/${name}/${messageId}`, what: messageId.replaceAll("_", " "), from, to });
    },
  };
}

function unavailable(): never {
  throw new Error("secretlint's rules are given a text and no places in it");
}

function sourceOf(content: string, path: string): SourceCode {
  const extension = extname(path);
  return {
    content,
    filePath: path,
    physicalFilePath: undefined,
    contentType: "text",
    ext: EXTENSIONS_TOLD.includes(extension) ? extension : "",
    hasBOM: content.startsWith("\ufeff"),
    getFilePath: () => path,
    getPhysicalFilePath: () => undefined,
    locationToRange: unavailable,
    rangeToLocation: unavailable,
    positionToIndex: unavailable,
    indexToPosition: unavailable,
  };
}

/** The rules, ready to be asked. They keep nothing from one text to the next. */
export function secretlintRules(): LeakRules {
  const scanners = rules.filter(({ meta }) => meta.id !== SWITCHING_OFF);
  return {
    async matches(text, path) {
      const found: RuleMatch[] = [];
      const source = sourceOf(text, path);
      for (const rule of scanners) {
        const name = rule.meta.id.replace(PREFIX, "");
        await rule.create(contextOf(name, found), {}).file?.(source);
      }
      return found;
    },
  };
}
