/**
 * Settings as a `.env` file. Any value can be written in our own dialect (`src/config/dotenv.ts`); where it can be
 * written so that the `dotenv` package and `node --env-file` read the same, it is.
 *
 * The others know no escapes but `\n` and `\r`, end an unquoted value at any `#`, and take a backslash before a
 * closing quote as part of the text. `dotenv-expand` and Compose also replace `$NAME`, but not in single quotes.
 */
import type { ExportedSetting, ExportWriter } from "./exported-setting.ts";

/** Nothing that any reader gives a meaning to. */
const BARE = /^[\w./:@%+,=-]*$/;
const QUOTES = /['"`]/;

/** The ways to write a value, best first. Each says which values every reader takes from it unchanged. */
const WAYS: readonly {
  readonly fits: (text: string) => boolean;
  readonly write: (text: string) => string;
}[] = [
  { fits: (text) => BARE.test(text), write: (text) => text },
  { fits: (text) => !/['\r]|\\$/.test(text), write: (text) => `'${text}'` },
  { fits: (text) => !/["\r\\$]/.test(text), write: (text) => `"${text}"` },
  { fits: (text) => !/[`\r]|\\$/.test(text), write: (text) => `\`${text}\`` },
  {
    fits: (text) =>
      text === text.trim() && !/[\n\r\u2028\u2029#]|\$\{/.test(text) && !QUOTES.test(text[0] ?? ""),
    write: (text) => text,
  },
  // A carriage return is written as \r, which the dotenv package knows as well. Other escapes only we know.
  {
    fits: (text) => !/"|\\(?:[nrt\\$\r]|$)|\$\{/.test(text),
    write: (text) => `"${text.replaceAll("\r", "\\r")}"`,
  },
  // From here on what the others read depends on what else stands in the file.
  { fits: (text) => !/['\r]/.test(text), write: (text) => `'${text}'` },
  { fits: (text) => !/[`\r]/.test(text), write: (text) => `\`${text}\`` },
  {
    fits: () => true,
    write: (text) => `"${text.replace(/[\\"$]/g, "\\$&").replaceAll("\r", "\\r")}"`,
  },
];

function line({ name, text }: ExportedSetting): string {
  return `${name}=${WAYS.find(({ fits }) => fits(text))!.write(text)}\n`;
}

export const writeDotenv: ExportWriter = (settings) => settings.map(line).join("");
