/** What an editor of one format can do to a text. The laws that hold for all of them are kept by layer-edit. */

import type { Span } from "../../base/place.ts";
import type { SettingValue } from "../../model/setting.ts";
import type { Source } from "../../model/source-tree.ts";

/**
 * Each edit returns the new text, or undefined where the text is written in a way that it can't be told which
 * characters to replace. An editor may be wrong: its result is read again and held against what was meant.
 * Texts come without a byte order mark.
 */
export interface FormatEditor {
  /** Why the format can't write a value at all, such as null in TOML. */
  readonly refuses: (value: SettingValue) => string | undefined;
  readonly read: (text: string, file: string) => Source;
  /** Sets the value under a path: of a key that is there, or of a new one in a map that is there. */
  readonly set: (text: string, path: readonly string[], value: SettingValue) => string | undefined;
  /** Takes a key out with all that is under it. */
  readonly remove: (text: string, path: readonly string[]) => string | undefined;
  /** Gives a key another name where it stands. */
  readonly rename: (text: string, path: readonly string[], key: string) => string | undefined;
  /** Where the value under a path stands, if that is one piece. */
  readonly valueSpan: (text: string, path: readonly string[]) => Span | undefined;
}
