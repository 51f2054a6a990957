/** The readers of flat layers that an inspection is given. A foreign file is read as it is; its mistakes are only told. */
import { parse, TomlError } from "smol-toml";
import type { Place } from "../../base/place.ts";
import { parseDotenv, settingName } from "../../config/index.ts";
import type { Readers } from "../../inspection/index.ts";
import type { SettingValue } from "../../model/setting.ts";
import { plainText } from "../../model/setting-value.ts";

type Entries = ReturnType<Readers["layer"]>;
type Entry = Entries["entries"][number];

function refused(place: Place, why: string): Entries {
  return { entries: [], problems: [{ code: "SETTING_SYNTAX", place, why }] };
}

/** The line of a key, by its last word; the file's first line where it can't be found. */
function placeOfKey(lines: readonly string[], file: string, key: string): Place {
  const word = key.replace(/[^\w-]/g, ".");
  const at = lines.findIndex((line) => new RegExp(`^\\s*(?:[\\w.-]+\\.)?["']?${word}["']?\\s*=`).test(line));
  return { file, line: Math.max(1, at + 1), column: 1 };
}

function readToml(text: string, file: string): Entries {
  const lines = text.split("\n");
  const entries: Entry[] = [];
  const walk = (node: object, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      const keys = [...path, key];
      if (value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date)) {
        walk(value, keys);
        continue;
      }
      const plain = (value instanceof Date ? value.toISOString() : value) as SettingValue;
      entries.push({
        name: settingName(keys),
        value: plain,
        text: plainText(plain),
        place: placeOfKey(lines, file, key),
      });
    }
  };
  try {
    walk(parse(text), []);
    return { entries, problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return refused({ file, line: error.line, column: error.column }, "this is not TOML");
  }
}

const TFVAR = /^([A-Za-z_][\w-]*)[ \t]*=[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|([^\s"[{#][^\s#]*))?/;

/** Terraform's variable files: literals of one line; lists and maps count as one value. */
function readTfvars(text: string, file: string): Entries {
  const entries = text.split(/\r?\n/).flatMap((line, at): Entry[] => {
    const [, name, quoted, bare] = TFVAR.exec(line) ?? [];
    if (name === undefined) return [];
    const value = quoted ?? bare ?? "a list or map";
    return [{ name, value, text: value, place: { file, line: at + 1, column: 1 } }];
  });
  return { entries, problems: [] };
}

export const readers: Readers = {
  settingName,
  layer(format, text, file) {
    if (format === "toml") return readToml(text, file);
    return format === "tfvars" ? readTfvars(text, file) : parseDotenv(text, file);
  },
};
