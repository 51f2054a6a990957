/** One key of one file, as all comparisons see it; and what the application lends this room to read files. */
import type { Place } from "../base/place.ts";
import type { LayerFormat } from "../model/layer.ts";
import type { SettingValue } from "../model/setting.ts";
import type { SourceFile } from "./discovery.ts";
import type { TreeEntry } from "./tree-entries.ts";

export interface Item {
  /** As it is written, and shown. */
  readonly key: string;
  /** As it is compared: without an environment's prefix. */
  readonly name: string;
  readonly text: string;
  readonly place: Place;
  readonly file: SourceFile;
  /** Within the unit: a service of a compose file, a container; empty for the application itself. */
  readonly part: string;
  /** Where it is not the file's: environments that are keys or prefixes in one file. */
  readonly environment: SourceFile["environment"];
  /** It only says where the value is (`valueFrom`). */
  readonly reference: boolean;
  /** Base64 of a Kubernetes secret. */
  readonly encoded: boolean;
}

/** What a reader of flat layers hands over. */
export interface ReadEntries {
  readonly entries: readonly {
    readonly name: string;
    readonly value: SettingValue;
    readonly text: string;
    readonly place: Place;
  }[];
  readonly problems: readonly { readonly code: string; readonly place: Place; readonly why: string }[];
}

/** Readers that live in other rooms. */
export interface Readers {
  /** Reads a flat layer of these formats; trees of YAML and JSON are read here. */
  readonly layer: (format: Exclude<LayerFormat, "yaml" | "json">, text: string, file: string) => ReadEntries;
  /** The name that a path of keys sets. */
  readonly settingName: (path: readonly string[]) => string;
}

/** The keys of one part of a file. */
export interface Part {
  readonly part: string;
  readonly environment?: SourceFile["environment"];
  readonly entries: readonly TreeEntry[];
  readonly encoded?: true;
}
