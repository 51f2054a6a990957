/** The catalogue's shapes: what the faces know of a command without loading it. */
import type { Json } from "../base/canonical-json.ts";
import type { Continuation, FolderQuery, Operation, Query, Scope, Setup } from "./definition.ts";

export interface PositionalEntry {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

export interface FlagEntry {
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "list";
  readonly required: boolean;
  readonly description: string;
  readonly values?: readonly string[];
  readonly default?: Json;
}

export interface CatalogueEntry {
  /** As typed: `release create`. */
  readonly name: string;
  readonly form: "query" | "operation" | "continuation" | "setup";
  readonly summary: string;
  readonly scope: Scope;
  readonly environmentFlag: "to" | "position" | "filter" | null;
  /** A production kind must be selected explicitly. */
  readonly explicit: boolean;
  readonly positionals: readonly PositionalEntry[];
  readonly flags: readonly FlagEntry[];
}

/** What a command's module exports: exactly one of these. */
export interface CommandModule {
  readonly operation?: Operation;
  readonly query?: Query | FolderQuery;
  readonly continuation?: Continuation;
  readonly setup?: Setup;
}

export interface CatalogueItem extends CatalogueEntry {
  readonly load: () => Promise<CommandModule>;
}
