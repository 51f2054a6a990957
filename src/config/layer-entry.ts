/** What the parsers of all layer formats hand over: names with values, places, and what is wrong with the text. */
import type { Place } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { SettingValue } from "../model/setting.ts";
import type { TemplateSyntax } from "./template-parts.ts";

/** One key that a layer sets. */
export interface LayerEntry {
  readonly name: string;
  /** The keys as they are written, outermost first: `["database", "poolSize"]`; in a `.env` file the name alone. */
  readonly path: readonly string[];
  /** As written: without quotes, with escapes resolved, before interpolation. */
  readonly value: SettingValue;
  /**
   * The text that interpolation reads. It is the value's text, except that {@link LITERAL_DOLLAR} stands for a
   * dollar sign that the layer escaped.
   */
  readonly text: string;
  /** False where the layer's quotes make the value literal. */
  readonly interpolated: boolean;
  /** Whose references the text has; Ringfence's own where it is left out. */
  readonly syntax?: TemplateSyntax | undefined;
  /** Where the name stands. */
  readonly place: Place;
}

export interface ParsedLayer {
  /** In the order of the file, each name once. */
  readonly entries: readonly LayerEntry[];
  readonly problems: readonly FindingDraft[];
}

/** A dollar sign that begins no reference. NUL can stand in no environment variable, so it is free for this. */
export const LITERAL_DOLLAR = "\u0000";

/** What a setting may be called: what POSIX calls a name, but for `__proto__`, which is no key of an object. */
export const SETTING_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
