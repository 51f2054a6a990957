/** What is made for applications: compiled settings, and the declaration of their types. */
import type { Finding } from "../model/finding.ts";

export interface CompileView {
  readonly environment: string;
  /** Of the compiled configuration; null where the findings hold an error and nothing was compiled. */
  readonly revision: string | null;
  /** The files that it hangs on, relative to the project's root or absolute; also those that don't exist. */
  readonly inputs: readonly string[];
  readonly findings: readonly Finding[];
}

export interface TypesView {
  /** The text of a `.d.ts` file. */
  readonly declaration: string;
}
