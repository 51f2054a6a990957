/**
 * JSON whose numbers stay as they are written: 12345678901234567891, 1.10 and 1e400 are no JavaScript numbers, and a
 * secret that is read and written again must not lose a digit. Such a number is kept as the raw JSON of ECMAScript
 * (`JSON.rawJSON`), which `JSON.stringify` writes as it was; it is an object to `typeof`, so ask {@link isStructured}.
 */

interface RawJson {
  readonly rawJSON: string;
}

/** What TypeScript's library does not declare yet. */
interface SourceJson {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
}

const json: SourceJson = JSON as JSON & SourceJson;

/** @throws SyntaxError, which quotes the text, for what is no JSON */
export function exactJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? json.rawJSON(source)
      : value,
  );
}

/** An object or a list of {@link exactJson}; a number that is kept as it is written is neither. */
export function isStructured(value: unknown): value is object {
  return typeof value === "object" && value !== null && !json.isRawJSON(value);
}

/** The text of what is no structure: a number with all of its digits, a text without its quotes. */
export function scalarText(value: unknown): string {
  return json.isRawJSON(value) ? value.rawJSON : String(value);
}
