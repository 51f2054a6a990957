/** What a folder's files amount to as a project: environments, layers and settings, before they are a manifest. */
import type { KindName } from "../../model/kind.ts";
import type { DotenvDialect, LayerFormat } from "../../model/layer.ts";
import type { SettingType } from "../../model/setting.ts";

export interface DraftEnvironment {
  readonly name: string;
  readonly kind: KindName;
  /** Its name in paths, where that is another. */
  readonly short: string | undefined;
  /** False where the name tells no kind, so that the strictest was taken. */
  readonly certain: boolean;
}

export interface DraftLayer {
  /** With `{env}` or `{short}` where it is a template. */
  readonly path: string;
  readonly format: LayerFormat;
  readonly optional: boolean;
  /** Undefined: all environments. */
  readonly only: readonly string[] | undefined;
  readonly dialect: DotenvDialect;
}

/** A file that becomes no layer. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

export interface DraftSetting {
  readonly name: string;
  readonly type: SettingType;
  readonly secret: boolean;
  readonly required: boolean | readonly string[];
  /** Of an enum. */
  readonly values: readonly string[] | undefined;
  readonly doc: string | undefined;
  /** What a person should look at, for a comment behind it. */
  readonly doubt?: string;
}

export interface DraftProject {
  readonly name: string;
  readonly environments: readonly DraftEnvironment[];
  readonly layers: readonly DraftLayer[];
  readonly settings: readonly DraftSetting[];
}
