/** What `init` and `eject` answer. No value of a setting is in it. */
import type { DotenvDialect } from "../model/layer.ts";

export interface InitView {
  readonly project: string;
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** False for a dry run. */
  readonly written: boolean;
  /** The manifest's text. */
  readonly text: string;
  readonly environments: readonly {
    readonly name: string;
    readonly kind: string;
    /** False where the name told no kind. */
    readonly certain: boolean;
    /** Names that have a value: each has the same as before. */
    readonly settings: number;
    /** What `config check` will say, by code. */
    readonly errors: Readonly<Record<string, number>>;
    readonly warnings: number;
  }[];
  readonly layers: readonly {
    readonly path: string;
    readonly optional: boolean;
    readonly only: readonly string[] | null;
    readonly dialect: DotenvDialect;
    readonly files: readonly string[];
  }[];
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
  readonly settings: {
    readonly declared: number;
    readonly secrets: number;
    readonly types: Readonly<Record<string, number>>;
    readonly undeclared: readonly { readonly name: string; readonly why: string }[];
  };
  /** Whose rules `.env` files were read by for the values of before; null where there are none. */
  readonly reader: "dotenv" | "compose" | null;
  /** A key whose reference to another was followed, as dotenv-expand does it; null where none was. */
  readonly followed: { readonly name: string; readonly to: string } | null;
  /** Whether `.gitignore` has the state folder now. */
  readonly ignored: boolean;
  readonly next: readonly string[];
}

export interface EjectView {
  /** Relative to the project's root. */
  readonly folder: string;
  readonly files: readonly {
    readonly path: string;
    readonly environment: string;
    readonly settings: number;
    /** Names of the secrets that were left out. */
    readonly secretsLeftOut: readonly string[];
  }[];
  readonly operation: string;
}
