/** Edits a TOML text by splicing: comments, order, quotes and line ends of what is not edited stay byte by byte. */
import type { SettingValue } from "../../model/setting.ts";
import { readToml } from "../../model/source-toml.ts";
import { allPairs, type TomlStatement, tomlStatements } from "../../model/source-toml-outline.ts";
import { withoutItem } from "./braces.ts";
import type { FormatEditor } from "./format-editor.ts";
import { entryLines, type Splice, spliced } from "./text-splice.ts";
import { TOML_COMMENT, TomlAddition } from "./toml-addition.ts";
import { bracesOf, isAt, startsWith } from "./toml-statement.ts";
import { tomlKey, tomlText } from "./toml-text.ts";

function hasNull(value: SettingValue): boolean {
  if (typeof value !== "object" || value === null) return value === null;
  return Object.values(value).some(hasNull);
}

function set(text: string, path: readonly string[], value: SettingValue): string | undefined {
  const statements = tomlStatements(text);
  const pair = allPairs(statements).find((one) => isAt(one, path));
  if (pair) return spliced(text, [{ from: pair.value.from, to: pair.value.to, text: tomlText(value) }]);
  if (allPairs(statements).some((one) => startsWith(one.path, path))) return undefined;
  if (statements.some((one) => startsWith(one.path, path))) return undefined;
  const splice = new TomlAddition(text, statements, path, value).splice();
  return splice && spliced(text, [splice]);
}

function remove(text: string, path: readonly string[]): string | undefined {
  const statements = tomlStatements(text);
  const isGone = (one: TomlStatement | undefined): boolean => one !== undefined && startsWith(one.path, path);
  if (!statements.some(isGone)) return removeInBraces(text, statements, path);
  const splices: Splice[] = [];
  for (let index = 0; index < statements.length; index++) {
    if (!isGone(statements[index]) || isGone(statements[index - 1])) continue;
    let end = index;
    while (isGone(statements[end + 1])) end++;
    const before = statements[index - 1];
    const after = statements[end + 1];
    const isLast = before !== undefined && (!after || after.kind === "header");
    const entry = { from: statements[index]!.span.from, to: statements[end]!.span.to };
    const lines = entryLines(text, entry, { floor: before?.span.to ?? 0, isLast, comment: TOML_COMMENT });
    splices.push({ ...lines, text: "" });
  }
  return spliced(text, splices);
}

/** A pair in braces; of a table that dotted keys make there, its only one. */
function removeInBraces(
  text: string,
  statements: readonly TomlStatement[],
  path: readonly string[],
): string | undefined {
  for (const owner of allPairs(statements)) {
    const braces = bracesOf(owner);
    const pairs = owner.value.pairs ?? [];
    const gone = pairs.filter((one) => startsWith(one.path, path));
    if (braces && gone.length === 1)
      return spliced(text, withoutItem(text, braces, pairs.indexOf(gone[0]!), TOML_COMMENT));
  }
  return undefined;
}

/** A table may be named at several places: in headers and in dotted keys. */
function rename(text: string, path: readonly string[], key: string): string {
  const statements = tomlStatements(text);
  const named = [...statements.filter(({ kind }) => kind === "header"), ...allPairs(statements)];
  const splices = named.flatMap((one) => {
    const part = one.keys[path.length - 1 - (one.path.length - one.keys.length)];
    return part && startsWith(one.path, path) ? [{ from: part.from, to: part.to, text: tomlKey(key) }] : [];
  });
  return spliced(text, splices);
}

/** TOML layers. */
export const tomlEditor: FormatEditor = {
  refuses: (value) => (hasNull(value) ? "TOML has no null" : undefined),
  read: readToml,
  set,
  remove,
  rename,
  valueSpan: (text, path) => allPairs(tomlStatements(text)).find((one) => isAt(one, path))?.value,
};
